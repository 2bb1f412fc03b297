/** The page's style sheet. Colours are variables, so that light and dark differ in one block; nothing refers to a file. */
import { SCALE } from './palette.ts'

export const STYLE = `
:root{color-scheme:light dark;--paper:#fdfdfb;--ink:#1d2125;--soft:#59616a;--rule:#dddcd5;--panel:#f5f4ef;--link:#1a5a86;
--bar:#5b7d9c;--mark:#8a2f12;--flag:#b8431f;--pass:#1d6b45;--fail:#a8321a;--line:#8d96a0;--edge:90,100,112;--halo:#1d2125}
@media (prefers-color-scheme:dark){:root{--paper:#14171a;--ink:#e4e6e3;--soft:#a0a8b0;--rule:#33393f;--panel:#1d2125;--link:#8cc0e6;
--bar:#6f94b5;--mark:#f0926f;--flag:#f0825a;--pass:#6cc596;--fail:#f58a6c;--line:#78828c;--edge:150,162,175;--halo:#f4f4f0}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;background:var(--paper);color:var(--ink);font:1.0625rem/1.6 Charter,"Bitstream Charter","Sitka Text",Cambria,"Source Serif 4","Noto Serif",Georgia,serif}
main{max-width:70rem;margin:0 auto;padding:2.5rem clamp(1rem,4vw,3rem) 5rem}
h1,h2{line-height:1.2;font-weight:600;text-wrap:balance;overflow-wrap:anywhere}
h1{font-size:clamp(1.7rem,4.5vw,2.5rem);margin:0 0 .6rem;letter-spacing:-.01em}
h2{font-size:1.4rem;margin:0 0 .7rem}
section{margin-top:3.2rem;padding-top:1.6rem;border-top:1px solid var(--rule)}
p{margin:0 0 1rem;max-width:44rem}
a{color:var(--link);text-underline-offset:.15em}
bdi{overflow-wrap:anywhere;white-space:break-spaces}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.source,.tiles,.tools,.legend,.key,table,summary,.panel,.more,nav,.hint,button,input,select,#found,#hint,svg text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
.source{display:flex;flex-wrap:wrap;gap:.2rem 1.6rem;margin:0 0 1.6rem;color:var(--soft);font-size:.875rem}
.source div{display:flex;gap:.5rem;min-width:0}
.source dt::after{content:":"}
dd{margin:0;min-width:0;overflow-wrap:anywhere}
.digest{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.8125rem}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:1px;margin:0 0 1.8rem;background:var(--rule);border:1px solid var(--rule)}
.tiles div{background:var(--paper);padding:.8rem 1rem;display:flex;flex-direction:column-reverse;justify-content:flex-end}
.tiles dt{color:var(--soft);font-size:.8125rem;line-height:1.35}
.tiles dd{font-size:1.6rem;line-height:1.25;font-variant-numeric:tabular-nums}
.limits{border-left:3px solid var(--mark);padding:.1rem 0 .1rem 1.1rem;margin:0 0 1.8rem}
.limits h2{font-size:1.0625rem;margin-bottom:.3rem}
.limits p,.caveat{margin:0}
.caveat,figcaption,.more,.hint{color:var(--soft);font-size:.9rem;line-height:1.5}
.caveat{font-style:italic;margin-top:1rem;max-width:44rem}
nav ol{display:flex;flex-wrap:wrap;gap:.2rem 1.4rem;margin:0;padding:0;list-style:none;font-size:.875rem}
figure{margin:1.2rem 0 1rem}
figcaption{margin-top:.6rem;max-width:44rem}
.notice{border:1px solid var(--rule);background:var(--panel);padding:.6rem .9rem}
.tools{display:flex;flex-wrap:wrap;gap:.6rem 1.2rem;align-items:center;font-size:.875rem}
.tools label{display:flex;gap:.5rem;align-items:center}
button,input,select{font-size:.875rem;color:inherit;background:var(--paper);border:1px solid var(--line);border-radius:4px;padding:.35rem .6rem;min-height:2.1rem;max-width:100%}
button{cursor:pointer}
button:hover{background:var(--panel)}
input{width:15rem;min-width:0}
.zoom{display:flex;gap:.35rem}
#found{font-size:.875rem}
#found:not(:empty){margin-top:.6rem}
#found p{margin:.4rem 0 0;color:var(--soft)}
.names{display:flex;flex-wrap:wrap;gap:.3rem}
.names button{min-height:0;padding:.15rem .5rem;font-size:.8125rem;text-align:left;overflow-wrap:anywhere}
.graph{display:grid;grid-template-columns:minmax(0,1fr) 19rem;gap:1.5rem;align-items:start}
.stage{position:relative}
canvas{display:block;width:100%;height:36rem;border:1px solid var(--rule);background:var(--paper);touch-action:pan-y;cursor:grab}
canvas.dragged{cursor:grabbing}
canvas.over{cursor:pointer}
#hint{position:absolute;pointer-events:none;background:var(--ink);color:var(--paper);font-size:.8125rem;line-height:1.35;padding:.25rem .5rem;border-radius:4px;max-width:16rem;overflow-wrap:anywhere}
.panel{border:1px solid var(--rule);background:var(--panel);padding:1rem;margin-top:1.2rem;font-size:.875rem;line-height:1.45;max-height:42rem;overflow:auto}
.panel h3{margin:0 0 .3rem;font-size:.9375rem;overflow-wrap:anywhere}
.panel h4{margin:1rem 0 .3rem;font-size:.8125rem;color:var(--soft);font-weight:600}
.panel p{margin:0 0 .5rem}
.panel .score{font-size:2rem;line-height:1.1;font-variant-numeric:tabular-nums}
.panel .score small{font-size:.8125rem;color:var(--soft)}
.panel table{margin:0;width:100%;font-size:.8125rem}
.panel th{overflow-wrap:anywhere}
.panel th,.panel td{padding:.15rem .4rem .15rem 0}
.badge{display:inline-block;border:1px solid currentColor;border-radius:3px;padding:0 .35rem;margin:0 .3rem .3rem 0;font-size:.75rem}
.badge.flagged{color:var(--flag)}
.legend{display:flex;flex-wrap:wrap;align-items:center;gap:.35rem .6rem;margin-top:.6rem;font-size:.8125rem;color:var(--soft);font-variant-numeric:tabular-nums}
.ramp{width:9rem;height:.7rem;border-radius:2px;background:linear-gradient(to right,${SCALE.join(',')})}
.key{display:flex;flex-wrap:wrap;gap:.2rem 1rem;margin:0 0 0 .6rem;padding:0;list-style:none}
.key li{display:flex;align-items:center;gap:.3rem}
.sample{fill:${SCALE[3]};stroke:var(--halo);stroke-width:.8}
.sample.flagged{fill:${SCALE[0]};stroke:var(--flag);stroke-width:2}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));gap:1rem 2.5rem}
.chart{display:block;overflow:visible;max-width:46rem}
.chart text{fill:var(--ink);font-size:13px;paint-order:stroke;stroke:var(--paper);stroke-width:4px;stroke-linejoin:round}
.chart .tick{fill:var(--soft);font-size:12px;font-variant-numeric:tabular-nums}
.chart .reading{font-variant-numeric:tabular-nums;font-weight:600}
.chart .mark-label{fill:var(--mark);font-size:12px}
.grid{stroke:var(--rule);stroke-width:1;shape-rendering:crispEdges}
.base,.whisker{stroke:var(--ink);stroke-width:1.2}
.mark{stroke:var(--mark);stroke-width:1.5;stroke-dasharray:5 3}
.diagonal{stroke:var(--soft);stroke-dasharray:2 3}
.gap{stroke:var(--soft);stroke-width:1}
.bar{fill:var(--bar)}
.bar.fail{fill:url(#stripes-attacks);stroke:var(--fail)}
.bar.pending{fill:none;stroke:var(--soft);stroke-dasharray:3 2}
.point{fill:var(--bar);stroke:var(--paper);stroke-width:1}
.flagged-part{stroke:var(--flag);stroke-width:1}
.stripe-ground{fill:var(--paper)}
.stripe{fill:var(--flag)}
.scroll{overflow:auto;max-height:34rem;margin:.6rem 0 1rem}
table{border-collapse:collapse;font-size:.875rem;line-height:1.4}
caption{text-align:left;font-weight:600;padding:.3rem 0}
th,td{text-align:left;vertical-align:top;padding:.35rem 1.2rem .35rem 0;font-weight:400;border-bottom:1px solid var(--rule);max-width:26rem;overflow-wrap:break-word}
thead th{position:sticky;top:0;background:var(--paper);color:var(--soft);font-size:.8125rem;border-bottom-color:var(--line);vertical-align:bottom}
.number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
th bdi{display:inline-block;min-width:9rem}
.scroll td:not(.number){min-width:6rem}
.verdict{white-space:nowrap}
.verdict.pass{color:var(--pass)}
.verdict.fail{color:var(--fail);font-weight:600}
.verdict.pending{color:var(--soft)}
details{margin:.4rem 0}
summary{cursor:pointer;font-size:.875rem;color:var(--link)}
@media (max-width:56rem){.graph{grid-template-columns:minmax(0,1fr);gap:0}canvas{height:26rem}.panel{max-height:none}}
@media (max-width:30rem){body{font-size:1rem}th,td{padding-right:.8rem}.tools label{width:100%}input,select{flex:1}.key{margin-left:0}}
@media print{.tools,nav,.panel .hint{display:none}section{break-inside:auto}figure,tr{break-inside:avoid}}
`
