export const style = `
:root {
  --paper: #f7f5f2; --card: #ffffff; --ink: #1d1b19; --soft: #6c6660; --line: #e6e1da;
  --accent: #d2500f; --accent-soft: #fbe9df; --good: #1f7a4d; --good-soft: #e2f3ea;
  --warn: #9a6700; --warn-soft: #fff3d1; --bad: #b42318; --bad-soft: #fde7e4; --bar: #efa078;
  --shadow: 0 1px 2px rgb(40 30 20 / 6%), 0 6px 20px rgb(40 30 20 / 5%);
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #161413; --card: #1f1c1a; --ink: #f0ebe5; --soft: #a39b92; --line: #34302c;
    --accent: #ff9356; --accent-soft: #3a2418; --good: #6fd3a0; --good-soft: #17301f;
    --warn: #f0c04f; --warn-soft: #362b10; --bad: #ff8d80; --bad-soft: #3b1b17; --bar: #a85a2d;
    --shadow: 0 1px 2px rgb(0 0 0 / 30%);
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; display: grid; grid-template-columns: 224px minmax(0, 1fr); min-height: 100vh; }
body.alone { display: grid; grid-template-columns: 1fr; place-items: center; padding: 24px; }
a { color: inherit; text-decoration-color: var(--line); text-underline-offset: 3px; }
a:hover { text-decoration-color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
nav { position: sticky; top: 0; align-self: start; height: 100vh; padding: 22px 14px; border-right: 1px solid var(--line); display: flex; flex-direction: column; gap: 18px; }
nav .brand { font-weight: 650; font-size: 15px; padding: 0 10px; letter-spacing: -0.01em; }
nav .brand small { display: block; font-weight: 400; color: var(--soft); font-size: 12.5px; letter-spacing: 0; }
nav ul { list-style: none; margin: 0; padding: 0; display: grid; gap: 2px; }
nav li a { display: flex; justify-content: space-between; padding: 7px 10px; border-radius: 8px; text-decoration: none; color: var(--soft); }
nav li a:hover { background: var(--card); color: var(--ink); }
nav li a[aria-current] { background: var(--card); color: var(--ink); font-weight: 550; box-shadow: var(--shadow); }
nav .count { font-variant-numeric: tabular-nums; font-weight: 400; color: var(--soft); font-size: 13px; }
nav footer { margin-top: auto; padding: 0 10px; color: var(--soft); font-size: 12.5px; display: grid; gap: 8px; }
.content { padding: 28px 36px 64px; max-width: 1180px; width: 100%; display: grid; gap: 20px; align-content: start; }
h1 { font-size: 24px; letter-spacing: -0.02em; margin: 0; line-height: 1.2; }
h2 { font-size: 15px; margin: 0 0 12px; font-weight: 600; }
p { margin: 0; } .soft { color: var(--soft); } .eyebrow { color: var(--soft); font-size: 13px; margin: 0 0 4px; }
.head { display: flex; justify-content: space-between; align-items: end; gap: 16px; flex-wrap: wrap; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 18px 20px; box-shadow: var(--shadow); min-width: 0; }
.card.flush { padding: 0; overflow: hidden; } .card.flush > h2 { padding: 16px 20px 0; }
.narrow { width: min(460px, 100%); display: grid; gap: 14px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 14px; }
.tile b { display: block; font-size: 26px; letter-spacing: -0.02em; font-weight: 620; font-variant-numeric: tabular-nums; }
.tile span { color: var(--soft); font-size: 13px; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(330px, 1fr)); gap: 20px; align-items: start; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th { text-align: left; font-weight: 500; color: var(--soft); font-size: 12.5px; padding: 12px 14px 8px; white-space: nowrap; }
td { padding: 9px 14px; border-top: 1px solid var(--line); vertical-align: middle; }
th:first-child, td:first-child { padding-left: 20px; } th:last-child, td:last-child { padding-right: 20px; }
tbody tr:hover td { background: color-mix(in srgb, var(--accent) 4%, transparent); }
td:first-child { min-width: 140px; } td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 12.5px; }
pre { margin: 8px 0 0; padding: 12px 14px; background: var(--paper); border-radius: 10px; overflow: auto; max-height: 340px; white-space: pre-wrap; overflow-wrap: anywhere; }
.pill { display: inline-block; padding: 1px 9px; border-radius: 99px; font-size: 12.5px; background: var(--paper); color: var(--soft); white-space: nowrap; }
.pill.good { background: var(--good-soft); color: var(--good); } .pill.warn { background: var(--warn-soft); color: var(--warn); } .pill.bad { background: var(--bad-soft); color: var(--bad); } .pill.accent { background: var(--accent-soft); color: var(--accent); }
.pills { display: flex; flex-wrap: wrap; gap: 6px; }
.empty { padding: 34px 20px; text-align: center; color: var(--soft); }
svg.chart { width: 100%; height: 120px; display: block; } svg.spark { width: 120px; height: 24px; display: block; }
svg rect { fill: var(--bar); } svg rect:hover { fill: var(--accent); } svg line { stroke: var(--line); }
.axis { display: flex; justify-content: space-between; color: var(--soft); font-size: 12px; margin-top: 6px; }
.timeline { list-style: none; margin: 0; padding: 0 0 0 18px; border-left: 2px solid var(--line); display: grid; gap: 16px; }
.timeline li { position: relative; } .timeline li::before { content: ""; position: absolute; left: -24px; top: 7px; width: 10px; height: 10px; border-radius: 50%; background: var(--accent); border: 2px solid var(--card); }
.timeline li.own::before { background: var(--soft); }
.timeline .when { color: var(--soft); font-size: 12.5px; }
details summary { cursor: pointer; color: var(--soft); font-size: 13px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 6px 16px; margin: 0; font-size: 14px; } dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
.meter { height: 6px; border-radius: 4px; background: var(--paper); overflow: hidden; min-width: 90px; } .meter i { display: block; height: 100%; background: var(--bar); } .meter i.full { background: var(--bad); }
form { display: grid; gap: 12px; } form.row { display: flex; flex-wrap: wrap; gap: 8px; align-items: end; }
label { display: grid; gap: 4px; font-size: 13px; color: var(--soft); }
input, select, button { font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--line); border-radius: 9px; padding: 7px 11px; min-height: 38px; }
input[type=search] { min-width: 260px; }
button { cursor: pointer; font-weight: 550; } button:hover { border-color: var(--accent); }
button.primary { background: var(--accent); border-color: var(--accent); color: var(--card); } button.small { min-height: 30px; padding: 2px 10px; font-size: 13px; }
.actions { display: flex; gap: 10px; } .scopes { display: flex; flex-wrap: wrap; gap: 6px; list-style: none; padding: 0; margin: 0; } .scopes code { background: var(--paper); padding: 3px 8px; border-radius: 6px; }
.banner { background: var(--warn-soft); color: var(--warn); border-radius: 10px; padding: 10px 16px; font-size: 14px; }
@media (max-width: 800px) {
  body { grid-template-columns: minmax(0, 1fr); grid-template-rows: auto 1fr; } nav { position: static; height: auto; border-right: 0; border-bottom: 1px solid var(--line); gap: 10px; }
  nav { min-width: 0; } nav ul { display: flex; overflow-x: auto; } nav li a { white-space: nowrap; gap: 6px; } nav footer { display: none; } .content { padding: 20px 16px 48px; }
}
@media (prefers-reduced-motion: no-preference) { a, button, td { transition: background 0.12s, border-color 0.12s; } }
`
