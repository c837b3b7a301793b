/* The show: scenes over the whole window, turned by keyboard or clicker. Scenes that have arrived stay here, so that
   turning needs no server and a cut connection takes nothing away; settings go to the server, which sends the new
   picture. Text goes in as text nodes, never as HTML. STYLE is put before this script by the page. */
const NEXT = ["ArrowRight", "ArrowDown", "PageDown", " "];
const BACK = ["ArrowLeft", "ArrowUp", "PageUp"];
const OF_A_SLIDER = ["ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown", "Home", "End"];
const ASK_AFTER_MS = 90;
const LOOK_AFTER_MS = 700;
const STAGES_KEPT = 150;

export default function (component) {
  const show = window.nahbarShow || (window.nahbarShow = makeShow());
  clearTimeout(show.ending);
  show.receive(component.data, (ask) => component.setStateValue("ask", ask));
  return () => { show.ending = setTimeout(show.end, 400); };
}

function icon(path, fill = "none") {
  return `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${path}" fill="${fill}" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/></svg>`;
}

function makeShow() {
  const host = document.createElement("div");
  host.id = "nahbar-show";
  host.dataset.reactAriaTopLayer = "true";  // a dialogue of the page behind leaves what bears this alone
  const root = host.attachShadow({ mode: "open" });
  root.innerHTML = `<style>${STYLE}</style>
    <section class="show" tabindex="-1">
      <header><h1></h1><p class="text"></p></header>
      <div class="picture"></div>
      <aside><div class="figures"></div><div class="controls"></div><ul class="lines"></ul></aside>
      <footer><p class="source"></p><output class="state" role="status"></output>
        <nav><button data-do="back">${icon("M14 6l-6 6 6 6")}</button><span class="number" aria-live="polite"></span><button data-do="next">${icon("M10 6l6 6-6 6")}</button>
        <button data-do="black">${icon("M4 6h16v11H4zM9 20h6", "currentColor")}</button>
        <button data-do="full">${icon("M5 10V5h5M14 5h5v5M19 14v5h-5M10 19H5v-5")}</button><button data-do="leave">${icon("M6 6l12 12M18 6L6 18")}</button></nav></footer>
      <div class="black" hidden></div>
    </section>`;
  const part = (name) => root.querySelector(name);
  const frames = new Map();  // region → { frame, isReady }
  const stages = new Map();  // key → stage, in the order of their last use
  let data = null, send = null, at = 0, live = {}, isLeft = false, isBlack = false, isFull = false;
  const around = new MutationObserver(() => calm(true));
  let shown = null, looked = null, asked = "", timer = 0, idle = 0, looking = 0, looks = 0;

  /* --- what the server says --- */

  function receive(news, tell) {
    const isFresh = data === null || data.run !== news.run;
    data = news;
    send = tell;
    if (!host.isConnected) open();
    for (const stage of news.stages) stages.set(stage.key, stage);
    for (const key of [...stages.keys()].slice(0, Math.max(0, stages.size - STAGES_KEPT))) stages.delete(key);
    if (isFresh) {
      at = clamp(news.at);
      live = recalled() || news.live || {};
      isLeft = host.hidden = false;
      calm(true);
    }
    root.host.dataset.theme = news.theme;
    label();
    draw();
    ask();
    // A better plan is being looked for: look in again, as long as nobody asks for anything else.
    clearTimeout(looking);
    if (news.is_searching && !isLeft) looking = setTimeout(() => { looks += 1; ask(); }, LOOK_AFTER_MS);
  }

  function open() {
    document.body.appendChild(host);
    calm(true);
    around.observe(document.body, { childList: true });
    around.observe(host, { attributes: true, attributeFilter: ["inert", "aria-hidden"] });
    window.addEventListener("keydown", key, true);
    window.addEventListener("resize", resize);
    document.addEventListener("fullscreenchange", screenChanged);
    for (const kind of ["pointermove", "pointerdown", "keydown"]) host.addEventListener(kind, wake);
    watch();
    part(".show").focus();
    isFull = document.fullscreenElement !== null;
    wake();
  }

  function end() {
    window.removeEventListener("keydown", key, true);
    window.removeEventListener("resize", resize);
    document.removeEventListener("fullscreenchange", screenChanged);
    connection.disconnect();
    calm(false);
    host.remove();
    delete window.nahbarShow;
  }

  /* Nothing behind the show takes the focus, a dialogue about a lost connection least of all. */
  function calm(on) {
    for (const other of document.body.children) {
      if (other !== host && other.tagName !== "SCRIPT") other.toggleAttribute("inert", on);
    }
    for (const name of ["inert", "aria-hidden"]) if (host.hasAttribute(name)) host.removeAttribute(name);
    if (!on) around.disconnect();
  }

  function label() {
    const words = data.words;
    for (const button of root.querySelectorAll("[data-do]")) {
      button.title = words[button.dataset.do];
      button.setAttribute("aria-label", words[button.dataset.do]);
    }
    part(".show").setAttribute("aria-label", data.name);
    part(".show").lang = data.language;
  }

  /* --- which scene, with which settings --- */

  const clamp = (number) => Math.min(Math.max(Number(number) || 0, 0), data.scenes.length - 1);
  const settings = (scene) => scene.live.map((one) => Math.min(live[scene.id]?.[one.name] ?? one.at, one.labels.length - 1));
  const keyOf = (scene) => scene.id + "|" + settings(scene).join(",");

  function turn(number) {
    if (isBlack) return blacken(false);
    const to = clamp(number);
    if (to === at) return;
    at = to;
    draw();
    ask();
  }

  function set(scene, name, value) {
    live = { ...live, [scene.id]: { ...(live[scene.id] || {}), [name]: value } };
    draw();
    ask();
  }

  /* Tell the server where we stand and what we have; it sends what is missing, the scene in view first. */
  function ask() {
    remember();
    const wanted = new Set(data.scenes.map(keyOf));
    const have = [...stages.keys()].filter((one) => wanted.has(one));
    const now = { at, live, have, showing: !isLeft, looks };
    const text = JSON.stringify(now);
    if (text === asked) return;
    clearTimeout(timer);
    timer = setTimeout(() => { asked = text; send(now); }, ASK_AFTER_MS);
  }

  function remember() {
    const address = new URL(window.location.href);
    if (isLeft) address.searchParams.delete("scene");
    else address.searchParams.set("scene", String(at + 1));
    if (address.href !== window.location.href) window.history.replaceState(window.history.state, "", address);
    try { window.sessionStorage.setItem("nahbar-show:" + data.talk, JSON.stringify(live)); } catch { /* a full or closed store loses nothing here */ }
  }

  function recalled() {
    try { return JSON.parse(window.sessionStorage.getItem("nahbar-show:" + data.talk)); } catch { return null; }
  }

  /* --- drawing --- */

  function draw() {
    const scene = data.scenes[at];
    const stage = stages.get(keyOf(scene));
    part(".number").textContent = data.words.number.replace("#", at + 1).replace("#", data.scenes.length);
    part("h1").textContent = scene.title;
    write(part(".text"), scene.text);
    drawControls(scene);
    say();
    const isNew = shown !== scene.id;
    part(".show").dataset.kind = scene.kind;
    part(".show").classList.toggle("waiting", !stage);
    if (!stage) {
      // A new scene never stands over the picture of another one; a setting leaves its picture until the new one is there.
      if (isNew) { clear(); shown = scene.id; }
      host.dataset.shown = "";
      return;
    }
    stages.delete(stage.key);
    stages.set(stage.key, stage);
    shown = scene.id;
    drawWords(stage);
    drawPicture(scene, stage, isNew || looked !== scene.id);
    looked = scene.id;
    fit();
    host.dataset.shown = stage.key;
  }

  function clear() {
    for (const name of [".figures", ".lines", ".source"]) part(name).replaceChildren();
    for (const { frame } of frames.values()) frame.classList.remove("in-view");
    part(".picture img")?.remove();
    part(".picture .faults")?.remove();
    looked = null;
  }

  function drawWords(stage) {
    part(".figures").replaceChildren(...stage.figures.map(([number, sentence]) => {
      const box = document.createElement("p");
      box.append(node("b", number), node("span", sentence));
      return box;
    }));
    part(".lines").replaceChildren(...stage.lines.map((line) => node("li", line)));
    // A map bears its source in its legend.
    part(".source").textContent = [...stage.notes, ...(stage.painting ? [] : [stage.source])].join(" ");
  }

  function drawPicture(scene, stage, isTurned) {
    part(".picture img")?.remove();
    part(".picture .faults")?.remove();
    for (const [region, { frame }] of frames) frame.classList.toggle("in-view", Boolean(stage.painting) && region === scene.region);
    if (stage.faults.length) {
      const box = node("div", "");
      box.className = "faults";
      box.append(...stage.faults.map((line) => node("p", line)));
      part(".picture").append(box);
    } else if (stage.image) {
      const image = document.createElement("img");
      image.src = stage.image;
      image.alt = stage.alt;
      part(".picture").append(image);
    } else if (stage.painting) {
      const held = frameOf(scene.region);
      held.frame.classList.add("in-view");
      held.wanted = () => {
        const map = held.frame.contentWindow.nahbarMap;
        held.frame.contentWindow.document.documentElement.style.setProperty("--u", unit() + "px");
        map.paint(stage.painting);
        map.layout();
        if (isTurned) map.look(stage.painting.focus);
      };
      if (held.isReady) held.wanted();
    }
    const hasPicture = Boolean(stage.painting || stage.image || stage.faults.length);
    part(".show").classList.toggle("words-only", !hasPicture && !stage.figures.length);
  }

  /* One map frame for each region; it stays while scenes turn. */
  function frameOf(region) {
    if (frames.has(region)) return frames.get(region);
    const about = data.frames[region];
    const frame = document.createElement("iframe");
    frame.title = data.words.map;
    const held = { frame, isReady: false, wanted: null };
    frame.addEventListener("load", () => {
      const inner = frame.contentWindow;
      inner.addEventListener("keydown", key, true);
      for (const kind of ["pointermove", "pointerdown"]) inner.addEventListener(kind, wake);
      inner.nahbarBegin({ ...about.begin, scale: Math.max(1, 1.7 * unit()) }, () => { held.isReady = true; held.wanted?.(); });
    });
    frame.src = new URL(about.page, document.baseURI).href;
    part(".picture").append(frame);
    frames.set(region, held);
    return held;
  }

  function drawControls(scene) {
    const box = part(".controls");
    const signature = scene.id + data.language;
    if (box.dataset.of !== signature) {
      box.dataset.of = signature;
      box.replaceChildren(...scene.live.map((one) => control(scene, one)));
    }
    const values = settings(scene);
    scene.live.forEach((one, number) => {
      const slider = box.children[number].querySelector("input");
      slider.value = values[number];
      slider.setAttribute("aria-valuetext", one.labels[values[number]]);
      box.children[number].querySelector("output").textContent = one.labels[values[number]];
    });
  }

  function control(scene, one) {
    const box = document.createElement("label");
    const slider = document.createElement("input");
    Object.assign(slider, { type: "range", min: 0, max: one.labels.length - 1, step: 1 });
    slider.dataset.name = one.name;
    slider.addEventListener("input", () => set(scene, one.name, Number(slider.value)));
    // After a mouse the keys turn scenes again; who came by keyboard keeps the slider.
    slider.addEventListener("pointerup", () => slider.blur());
    const line = document.createElement("span");
    line.append(node("span", one.label), document.createElement("output"));
    box.append(line, slider);
    return box;
  }

  /* What does not fit goes from the end; figures and controls always stand. A list of places stands whole or not at all. */
  function fit() {
    const side = part("aside");
    const lines = [...part(".lines").children];
    for (const line of lines) line.hidden = false;
    while (lines.length && side.scrollHeight > side.clientHeight + 2) lines.pop().hidden = true;
    if (lines.length < part(".lines").children.length) {
      for (const line of lines) line.hidden = /^\d+\. /.test(line.textContent);
    }
  }

  function node(kind, text) {
    const made = document.createElement(kind);
    made.textContent = text;
    return made;
  }

  function write(place, text) {
    place.replaceChildren(...text.split("\n").flatMap((line, number) => (number ? [document.createElement("br"), line] : [line])));
    place.hidden = !text;
  }

  const unit = () => parseFloat(getComputedStyle(part(".number")).fontSize) / 24;

  function resize() {
    for (const { frame, isReady } of frames.values()) {
      if (!isReady) continue;
      frame.contentDocument.documentElement.style.setProperty("--u", unit() + "px");
      frame.contentWindow.nahbarMap.layout();
    }
    fit();
  }

  /* --- keys, buttons, full screen --- */

  function key(event) {
    if (isLeft || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.composedPath()[0];
    const isSlider = target.tagName === "INPUT" && target.type === "range";
    const isText = !isSlider && (["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName) || target.isContentEditable);
    const isButton = target.tagName === "BUTTON";
    const pressed = event.key;
    if (isText && !["PageUp", "PageDown", "Escape"].includes(pressed)) return;
    if (isSlider && OF_A_SLIDER.includes(pressed)) return;
    if (isButton && (pressed === " " || pressed === "Enter")) return;
    const todo = NEXT.includes(pressed) ? () => turn(at + 1)
      : BACK.includes(pressed) ? () => turn(at - 1)
      : pressed === "Home" ? () => turn(0)
      : pressed === "End" ? () => turn(data.scenes.length - 1)
      : pressed === "b" || pressed === "B" || pressed === "." ? () => blacken(!isBlack)
      : pressed === "f" || pressed === "F" ? toggleScreen
      : pressed === "Escape" ? (isBlack ? () => blacken(false) : leave)
      : null;
    if (!todo) return;
    event.preventDefault();
    event.stopPropagation();
    wake();
    todo();
  }

  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (!button) return;
    if (event.detail) button.blur();
    ({ next: () => turn(at + 1), back: () => turn(at - 1), black: () => blacken(true), full: toggleScreen, leave })[button.dataset.do]();
  });
  part(".black").addEventListener("click", () => blacken(false));

  function blacken(on) {
    isBlack = on;
    part(".black").hidden = !on;
  }

  function toggleScreen() {
    isFull = false;  // whoever leaves full screen by key goes on in the window
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen?.().catch(() => {});
  }

  function screenChanged() {
    if (document.fullscreenElement) isFull = true;
    else if (isFull) leave();
    resize();
  }

  function leave() {
    isLeft = true;
    isFull = false;
    if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
    host.hidden = true;
    calm(false);
    ask();
  }

  function wake() {
    part(".show").classList.remove("idle");
    clearTimeout(idle);
    idle = setTimeout(() => part(".show").classList.add("idle"), 3500);
  }

  /* --- the connection: the picture stays, a word at the foot says so --- */

  const connection = new MutationObserver(() => {
    const was = isCut;
    isCut = !isConnected();
    say();
    // Settings made meanwhile are told again once the server is back.
    if (was && !isCut) { asked = ""; setTimeout(ask, 300); }
  });
  let isCut = false;
  const app = () => document.querySelector('[data-testid="stApp"]');
  const isConnected = () => (app()?.dataset.testConnectionState || "CONNECTED") === "CONNECTED";

  function watch() {
    if (app()) connection.observe(app(), { attributes: true, attributeFilter: ["data-test-connection-state"] });
  }

  function say() {
    const isWaiting = !stages.get(keyOf(data.scenes[at]));
    part(".state").textContent = isCut ? data.words[isWaiting ? "cut_waiting" : "cut"] : isWaiting ? data.words.working : "";
    host.dataset.connection = isCut ? "cut" : "there";
  }

  return { receive, end, ending: 0 };
}
