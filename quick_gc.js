// Preloaded into Node.js: three seconds less for each synth. CDK validates templates with an engine
// in WebAssembly, and V8 takes its memory for fifty reasons to collect garbage; here, it is counted
// against the limit of the whole heap.
require('v8').setFlagsFromString('--external-memory-accounted-in-global-limit');
