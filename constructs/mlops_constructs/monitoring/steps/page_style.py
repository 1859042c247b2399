"""How the page looks."""

STYLE = """
:root{color-scheme:light dark;--ground:#f6f7f9;--card:#fff;--ink:#1b2330;--dim:#66707f;
--line:#e1e5eb;--now:#2563c9;--then:#a9b3c1;--over:#c4320a;--over-ground:#fdf0ec;--fine:#2e7d4f;
--few:#8a6410}
@media (prefers-color-scheme:dark){:root{--ground:#12161c;--card:#1a2028;--ink:#e4e8ee;
--dim:#97a2b1;--line:#2b333e;--now:#6ea3f7;--then:#5d6876;--over:#ff8a65;--over-ground:#2b1d19;
--fine:#6cc893;--few:#e2b757}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
main{max-width:1080px;margin:0 auto;padding:28px 20px 60px}
header{background:var(--card);border:1px solid var(--line);border-left:6px solid var(--tone);
border-radius:10px;padding:20px 24px}
.drift{--tone:var(--over)}.quiet{--tone:var(--fine)}.too-few-records,.too-few-labels{--tone:var(--few)}
.badge{display:inline-block;font-weight:650;font-size:13px;color:var(--tone);
border:1px solid var(--tone);border-radius:99px;padding:1px 12px}
h1{font-size:21px;line-height:1.4;font-weight:600;margin:10px 0 8px;text-wrap:pretty}
h2{font-size:16px;margin:0 0 10px}h2 small{font-weight:400;color:var(--dim);margin-left:14px}
h3{font-size:15px;margin:0;overflow-wrap:anywhere}
p{margin:4px 0}.facts,.dim,small{color:var(--dim)}.dim,small{font-size:13px}
section{margin-top:26px}
.two{display:grid;grid-template-columns:1fr minmax(240px,.55fr);gap:24px}
.two>div,.reading{background:var(--card);border:1px solid var(--line);border-radius:10px;
padding:16px 20px}
table{border-collapse:collapse;width:100%}td{padding:3px 0;border-top:1px solid var(--line)}
tr:first-child td{border-top:0}.num{text-align:right;font-variant-numeric:tabular-nums}
.features{background:var(--card);border:1px solid var(--line);border-radius:10px;overflow:hidden}
article{display:grid;grid-template-columns:160px 262px 1fr;gap:18px;padding:14px 18px;
border-top:1px solid var(--line);border-left:4px solid transparent}
article:first-child{border-top:0}
article.over{border-left-color:var(--over);background:var(--over-ground)}
.since{font-size:13px;color:var(--over)}
.fair{stroke:var(--dim);stroke-dasharray:3 3}
.span.now{stroke:var(--now)}.span.then{stroke:var(--dim)}.span.over{stroke:var(--over)}
.dot.now{fill:var(--now)}.dot.then,.key.was{fill:var(--dim);background:var(--dim)}
.dot.over{fill:var(--over)}
.sizes{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:10px 18px;
margin-bottom:10px;overflow-x:auto}.features+.sizes{margin-top:10px}
.sizes th{text-align:left;font-weight:400;font-size:13px;color:var(--dim)}
.sizes .num{text-align:right}
.sizes td,.sizes th{padding-right:14px}.sizes td:last-child,.sizes th:last-child{padding-right:0}
.numbers{font-variant-numeric:tabular-nums;font-size:13px}
.check{display:grid;grid-template-columns:110px 150px 1fr;align-items:center;gap:8px;font-size:13px}
.check.over{color:var(--over);font-weight:600}.check small{font-weight:400}
.check .num{text-align:left}
code{font:12.5px ui-monospace,Menlo,Consolas,monospace;background:var(--ground);padding:1px 4px;
border-radius:4px;overflow-wrap:anywhere}
svg{display:block;max-width:100%;overflow:visible}svg text{font-size:10px;fill:var(--dim)}
polyline{fill:none;stroke-width:1.6;stroke-linejoin:round}polyline.now{stroke:var(--now)}
polyline.then{stroke:var(--then);stroke-width:2.4}rect.now{fill:var(--now)}
rect.then{fill:var(--then)}.axis{stroke:var(--line);fill:none}
.gap{stroke:var(--over);stroke-width:1.2;stroke-dasharray:2 2}
.track{fill:var(--line)}.gauge .fill{fill:var(--now)}.gauge.over .fill{fill:var(--over)}
.whisker{stroke:var(--ink);stroke-width:1.2;fill:none}
.limit{stroke:var(--ink);stroke-width:2;stroke-dasharray:none}
.key{display:inline-block;width:16px;height:3px;vertical-align:middle;margin:0 5px 0 12px}
.key.now{background:var(--now)}.key.then{background:var(--then)}
.key.limit{background:var(--ink);width:2px;height:13px}
.wide{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:14px 18px;
overflow-x:auto}
.ranks{max-width:none;margin:0 auto}.ranks text{font-size:12px}.ranks .name{font-size:13px;
fill:var(--ink)}.slope{fill:none;stroke-width:2}circle.stayed{fill:var(--then)}
.slope.stayed{stroke:var(--then)}.slope.rose{stroke:var(--now)}.slope.fell{stroke:var(--over)}
circle.rose{fill:var(--now)}circle.fell{fill:var(--over)}.ranks .name.fell{fill:var(--over)}
.figures th{text-align:left;font-size:13px;color:var(--dim);font-weight:500}
.figures th.num{text-align:right}
svg.days{width:100%;height:auto;min-width:640px}svg.days text{font-size:12px}
svg.fill{width:100%;height:auto}
.bad{fill:var(--over-ground)}.usual{stroke:var(--then);stroke-width:2;fill:none}
g.now .span{stroke:var(--now)}g.now circle{fill:var(--now)}
g.over .span{stroke:var(--over)}g.over circle{fill:var(--over)}.span{stroke-width:1.6;fill:none}
.big{font-size:16px;font-variant-numeric:tabular-nums}.next{margin-top:18px}
@media (max-width:820px){article,.two{grid-template-columns:1fr}}
"""
