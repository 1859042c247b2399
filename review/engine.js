// CDK's own diff engine over pairs of templates: reads them as JSON from stdin, prints what each
// change does to its resource.
const { fullDiff } = require('@aws-cdk/cloudformation-diff');

const pairs = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const answers = {};
for (const [stack, { base, head }] of Object.entries(pairs)) {
  const diff = fullDiff(base, head);
  const resources = {};
  for (const [id, change] of Object.entries(diff.resources.changes)) {
    const properties = {};
    for (const [name, update] of Object.entries(change.propertyUpdates)) {
      properties[name] = update.changeImpact;
    }
    resources[id] = { impact: change.changeImpact, properties };
  }
  answers[stack] = {
    resources,
    count: diff.differenceCount,
    broadened: diff.permissionsBroadened,
    network: diff.securityGroupChanges.toJson(),
  };
}
process.stdout.write(JSON.stringify(answers));
