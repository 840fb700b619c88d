// One style sheet for all pages: light, system fonts, nothing from elsewhere.

export const STYLE = `
:root{--ink:#1f2328;--soft:#59636e;--line:#d1d9e0;--faint:#f6f8fa;--blue:#0969da;--green:#1a7f37;--red:#cf222e;--amber:#9a6700}
*{box-sizing:border-box}
body{margin:0;font:14px/1.5 system-ui,-apple-system,"Segoe UI","Noto Sans",Helvetica,Arial,sans-serif;color:var(--ink);background:#fff}
a{color:var(--blue);text-decoration:none}a:hover{text-decoration:underline}
code,pre,.mono{font-family:ui-monospace,SFMono-Regular,"DejaVu Sans Mono",Menlo,Consolas,monospace}
.top{background:var(--faint);border-bottom:1px solid var(--line);padding:12px 32px;display:flex;gap:8px;align-items:center;font-size:14px}
.top .mark{width:22px;height:22px;border-radius:6px;background:#24292f;display:inline-block;margin-right:4px}
.top .note{margin-left:auto;color:var(--soft);font-size:12px}
.page{max-width:1240px;margin:0 auto;padding:24px 32px 80px}
h1{font-size:28px;font-weight:400;line-height:1.25;margin:0 0 8px}h1 .number{color:var(--soft)}
.byline{display:flex;gap:8px;align-items:center;flex-wrap:wrap;color:var(--soft);padding-bottom:16px;border-bottom:1px solid var(--line);margin-bottom:24px}
.byline strong{color:var(--ink)}
.state{color:#fff;border-radius:999px;padding:4px 12px;font-weight:500;background:#818b98}
.state.open{background:#1f883d}.state.merged{background:#8250df}.state.closed{background:var(--red)}.state.draft{background:#59636e}
.ref{font:12px ui-monospace,SFMono-Regular,"DejaVu Sans Mono",Menlo,monospace;background:#ddf4ff;color:var(--blue);border-radius:6px;padding:2px 6px}
.columns{display:grid;grid-template-columns:minmax(0,1fr) 280px;gap:32px}
.tabs{display:flex;gap:4px;margin-bottom:20px;border-bottom:1px solid var(--line)}
.tabs a{padding:8px 14px;color:var(--ink);border-bottom:2px solid transparent;margin-bottom:-1px}.tabs a:first-child{border-color:#fd8c73;font-weight:600}
.tabs .count{background:#eaeef2;border-radius:99px;padding:0 7px;font-size:12px;margin-left:4px}
.box{border:1px solid var(--line);border-radius:6px;margin-bottom:16px;background:#fff}
.box>header{background:var(--faint);border-bottom:1px solid var(--line);border-radius:6px 6px 0 0;padding:8px 16px;display:flex;gap:8px;align-items:center;color:var(--soft)}
.box>header strong{color:var(--ink)}.box>.body{padding:16px}
.box.ours>header{background:#ddf4ff;border-color:#b6e3ff}.box.ours{border-color:#b6e3ff}
.event{display:flex;gap:8px;align-items:center;color:var(--soft);padding:2px 0 18px 18px;position:relative;flex-wrap:wrap}
.event strong{color:var(--ink)}
.avatar{border-radius:50%;vertical-align:middle;flex:none}
.bot{border:1px solid var(--line);border-radius:99px;font-size:12px;padding:0 6px;color:var(--soft);font-weight:500}
.label{display:inline-block;border-radius:99px;padding:0 10px;font-size:12px;font-weight:500;line-height:22px;border:1px solid rgba(31,35,40,.08)}
.icon{vertical-align:-3px;flex:none}
h2{font-size:16px;margin:32px 0 12px;font-weight:600}
.check summary{list-style:none;padding:10px 16px;display:flex;gap:10px;align-items:center;cursor:pointer}
.check summary::-webkit-details-marker{display:none}
.check summary .name{font-weight:600;white-space:nowrap}.check summary .what{color:var(--soft);overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.check summary .tag{margin-left:auto;color:var(--soft);font-size:12px;white-space:nowrap}
.check+.check,.merge .row+.row{border-top:1px solid var(--line)}
.check .inside{padding:14px 16px 16px 42px;border-top:1px solid var(--line)}
.check[open] summary{background:var(--faint)}
.annotation-list{list-style:none;margin:12px 0 0;padding:0}.annotation-list li{border-left:4px solid var(--line);padding:4px 12px;margin-bottom:6px;background:var(--faint);border-radius:0 6px 6px 0}
.failure{border-color:var(--red)!important}.warning{border-color:#d4a72c!important}.notice{border-color:var(--blue)!important}
.merge{border:2px solid var(--line)}.merge.go{border-color:#1f883d}.merge.stop{border-color:#d4a72c}
.merge .row{display:flex;gap:12px;align-items:center;padding:12px 16px}.merge .big{font-weight:600;font-size:16px}.merge small{color:var(--soft);display:block}
button{font:500 13px/20px inherit;font-family:inherit;border:1px solid rgba(31,35,40,.15);background:var(--faint);border-radius:6px;padding:4px 12px;cursor:pointer;color:var(--ink)}
button:hover{background:#eff2f5}button.primary{background:#1f883d;color:#fff}button.primary:hover{background:#1a7f37}button[disabled]{opacity:.5;cursor:default}
.side{position:sticky;top:16px;align-self:start}.side section{border-bottom:1px solid var(--line);padding:0 0 16px;margin-bottom:16px}.side h3{font-size:12px;color:var(--soft);margin:0 0 8px;font-weight:600}
.side .who{display:flex;gap:8px;align-items:center;padding:3px 8px;border-radius:6px;cursor:pointer}.side .who:has(input:checked){background:#ddf4ff}
.side .who small{margin-left:auto;color:var(--soft)}.side input[type=radio]{margin:0}
.side form{margin:0 0 6px}.side .act{display:flex;gap:6px;align-items:center;width:100%;text-align:left}
.side input[name=name]:not([type=hidden]){flex:1;min-width:0;font:inherit;border:1px solid var(--line);border-radius:6px;padding:3px 8px}
.side .act .verb{color:var(--soft);width:52px}
.md{overflow-wrap:anywhere}.md>*:first-child{margin-top:0}.md>*:last-child{margin-bottom:0}
.md h1,.md h2,.md h3{font-weight:600;line-height:1.25;margin:20px 0 12px;border:0}.md h1{font-size:22px}.md h2{font-size:19px;border-bottom:1px solid var(--line);padding-bottom:5px}.md h3{font-size:16px}
.md table{border-collapse:collapse;display:block;overflow-x:auto;margin:12px 0}.md th,.md td{border:1px solid var(--line);padding:5px 12px;text-align:left;vertical-align:top}.md tr:nth-child(2n){background:var(--faint)}
.md td,.md th{overflow-wrap:break-word}.md th,.md td code{white-space:nowrap}
.md code{background:rgba(129,139,152,.14);border-radius:6px;padding:.2em .4em;font-size:85%}.md pre.code{background:var(--faint);border-radius:6px;padding:12px 16px;overflow:auto}.md pre code{background:none;padding:0}
.md ul,.md ol{padding-left:2em}.md li.task{list-style:none;margin-left:-1.4em}.md blockquote{margin:0 0 12px;padding:0 1em;color:var(--soft);border-left:4px solid var(--line)}
.mermaid{background:#fff;text-align:center;margin:12px 0;overflow:auto}
.suggestion{border:1px solid var(--line);border-radius:6px;margin:10px 0}.suggestion-head{padding:6px 12px;border-bottom:1px solid var(--line);color:var(--soft);font-size:12px}.suggestion pre{margin:0}.suggestion .add{display:block;background:#dafbe1;padding:0 12px}
.file>header{justify-content:flex-start}.file .mono{font-size:12px}.file .stat{margin-left:auto;font-size:12px}.plus{color:var(--green)}.minus{color:var(--red)}
table.diff{width:100%;border-collapse:collapse;font:12px/20px ui-monospace,SFMono-Regular,"DejaVu Sans Mono",Menlo,monospace;table-layout:fixed}
.diff td{padding:0 10px;white-space:pre-wrap;overflow-wrap:anywhere;vertical-align:top}.diff td.n{width:48px;text-align:right;color:var(--soft);user-select:none}
.diff tr.add td{background:#e6ffec}.diff tr.add td.n{background:#ccffd8}.diff tr.del td{background:#ffebe9}.diff tr.del td.n{background:#ffd7d5}.diff tr.hunk td{background:#ddf4ff;color:var(--soft)}
.diff tr.talk>td{padding:8px 12px;background:#fff;font:14px/1.5 system-ui,sans-serif;white-space:normal;border-top:1px solid var(--line);border-bottom:1px solid var(--line)}
.note-box{border:1px solid var(--line);border-left-width:4px;border-radius:6px;padding:8px 12px;margin:4px 0}.note-box header{display:flex;gap:8px;align-items:center;font-weight:600}.note-box header small{margin-left:auto;font-weight:400;color:var(--soft)}
.pulls{list-style:none;margin:0;padding:0}.pulls li{display:flex;gap:10px;padding:12px 16px;align-items:flex-start}.pulls li+li{border-top:1px solid var(--line)}.pulls .t{font-weight:600;font-size:16px;color:var(--ink)}.pulls small{color:var(--soft);display:block}
.pulls .lights{margin-left:auto;display:flex;gap:6px;align-items:center}
.busy{position:fixed;right:20px;bottom:20px;background:#24292f;color:#fff;border-radius:99px;padding:8px 16px;display:none}.busy.on{display:block}
@media(max-width:900px){.columns{grid-template-columns:1fr}}
`;

/** Remembers who acts, shows that something is under way, and reloads once the state has moved and come to rest. */
export const SCRIPT = `
const busy=document.querySelector('.busy');let loaded=document.body.dataset.state;let moved=null;
const kept=localStorage.getItem('as');
for(const radio of document.querySelectorAll('input[name=who]')){
  if(radio.value===kept)radio.checked=true;
  radio.addEventListener('change',()=>localStorage.setItem('as',radio.value));
}
for(const form of document.querySelectorAll('form[data-as]'))form.addEventListener('submit',()=>{
  const who=document.querySelector('input[name=who]:checked');
  if(who)form.querySelector('input[name=as]').value=who.value;
});
for(const item of document.querySelectorAll('details[id]')){
  const was=sessionStorage.getItem(item.id+location.pathname);
  if(was!==null)item.open=was==='true';
  item.addEventListener('toggle',()=>sessionStorage.setItem(item.id+location.pathname,item.open));
}
setInterval(async()=>{
  const answer=await fetch('/ui/state').then(r=>r.json()).catch(()=>null);
  if(!answer)return;
  busy.classList.toggle('on',answer.busy||answer.state!==loaded);
  if(answer.state!==loaded&&answer.state===moved&&!answer.busy)location.reload();
  moved=answer.state;
},500);
if(window.mermaid)mermaid.initialize({startOnLoad:true,securityLevel:'strict',theme:'neutral'});
`;
