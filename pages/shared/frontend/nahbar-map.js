/* The map on screen: geometry is fetched once and stays; each rerun only sends classes, tooltips and
   places, so the map keeps its zoom and never flashes. Text goes in as text nodes, never as HTML. */
(function () {
  "use strict";

  const WITHHELD = -1;
  const NO_DATA = -2;
  const SVG = "http://www.w3.org/2000/svg";
  const state = {
    map: null, options: null, focus: null, quarters: null, byId: new Map(), order: [], view: null,
    hovered: null, places: null, circles: null, renderer: null, count: 0, painted: 0, linked: null,
  };

  function start(map, options) {
    state.map = map;
    state.options = options;
    wear(state.view ? state.view.theme : "light");
    map.attributionControl && map.attributionControl.remove();
    L.control.zoom({ zoomInTitle: options.zoom_in, zoomOutTitle: options.zoom_out }).addTo(map);
    L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
    for (const [name, z] of [["under", 340], ["quarters", 380], ["over", 410], ["reach", 420], ["places", 620]]) {
      map.createPane(name).style.zIndex = z;
    }
    for (const name of ["under", "over", "reach"]) map.getPane(name).style.pointerEvents = "none";
    map.on("click", (event) => pick(event.latlng, () => {}));
    if (options.linked) {
      state.linked = linkedView();
      map.on("moveend", writeView);
    }
    fit();
    if (options.font) {
      const face = new FontFace("Source Sans", `url(${options.font})`, { weight: "200 900" });
      face.load().then((loaded) => { document.fonts.add(loaded); layout(); }).catch(() => {});
    }
    fetch(options.geometry)
      .then((answer) => {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.json();
      })
      .then(draw)
      .catch(() => say(options.failed));
    window.addEventListener("resize", layout);
    map.getContainer().addEventListener("mouseleave", () => hover(null));
    for (const kind of ["pointerdown", "wheel", "keydown"]) {
      map.getContainer().addEventListener(kind, () => { state.isMoved = true; }, { passive: true });
    }
  }

  /* Hand the colours of a theme to the style sheet, which holds none of its own. */
  function wear(theme) {
    document.documentElement.dataset.theme = theme;
    if (!state.options) return;
    for (const [name, value] of Object.entries(state.options.look.variables[theme])) {
      document.documentElement.style.setProperty(name, value);
    }
  }

  function colour(name) { return state.options.look.variables[document.documentElement.dataset.theme]["--" + name]; }

  function draw(geometry) {
    const map = state.map;
    state.renderer = L.svg({ pane: "quarters", padding: 0.5 });
    state.quarters = L.geoJSON(geometry.quarters, {
      renderer: state.renderer, pane: "quarters",
      style: () => ({ weight: 0.6, color: colour("border"), fillColor: colour("no-data"), fillOpacity: 1, lineJoin: "round" }),
      onEachFeature: (feature, layer) => {
        state.byId.set(feature.properties.id, layer);
        state.order.push(layer);
        layer.on("mouseover", () => hover(layer));
        layer.on("mouseout", () => hover(null));
        layer.on("click", (event) => {
          L.DomEvent.stopPropagation(event);
          pick(event.latlng, () => choose("quarter", feature.properties.id));
        });
        layer.bindTooltip(() => tooltip(feature.properties), { sticky: true, direction: "top", className: "nahbar-tip", opacity: 1 });
      },
    }).addTo(map);
    if (geometry.landscape) drawLandscape(geometry.landscape);
    if (geometry.districts) {
      L.geoJSON(geometry.districts, {
        pane: "over", renderer: L.svg({ pane: "over", padding: 0.5 }), interactive: false,
        style: { weight: 1.6, color: colour("district"), opacity: state.options.look.opacity.district, fill: false },
      }).addTo(map);
    }
    addPatterns();
    if (state.view) apply();
  }

  function drawLandscape(landscape) {
    const renderers = { over: L.canvas({ pane: "over", padding: 0.5 }), under: L.canvas({ pane: "under", padding: 0.5 }) };
    for (const [kind, style] of Object.entries(state.options.look.landscape)) {
      const features = landscape.features.filter((feature) => feature.properties.kind === kind);
      if (!features.length) continue;
      const pane = style.is_under ? "under" : "over";
      const look = {
        fill: Boolean(style.fill), fillColor: style.fill, fillOpacity: 1, stroke: Boolean(style.line), color: style.line,
        weight: style.pixels, opacity: style.opacity, dashArray: style.dash.map((part) => part * style.pixels).join(" ") || null,
      };
      L.geoJSON({ type: "FeatureCollection", features }, { pane, renderer: renderers[pane], interactive: false, style: () => look }).addTo(state.map);
    }
  }

  function addPatterns() {
    const svg = state.renderer._container;
    if (!svg || svg.querySelector("#nahbar-withheld")) return;
    const defs = document.createElementNS(SVG, "defs");
    const pattern = element(SVG, "pattern", { id: "nahbar-withheld", width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
    pattern.appendChild(element(SVG, "rect", { width: 7, height: 7, class: "nahbar-hatch-ground" }));
    pattern.appendChild(element(SVG, "line", { x1: 0, y1: 0, x2: 0, y2: 7, "stroke-width": 3, class: "nahbar-hatch-line" }));
    defs.appendChild(pattern);
    svg.insertBefore(defs, svg.firstChild);
  }

  function element(space, name, attributes) {
    const node = document.createElementNS(space, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    return node;
  }

  function paint(view) {
    state.view = view;
    wear(view.theme);
    document.documentElement.dataset.points = view.takes_points ? "yes" : "no";
    drawLegend();
    if (state.quarters) apply();
  }

  function apply() {
    addPatterns();
    const view = state.view;
    view.index = new Map(view.ids.map((id, at) => [id, at]));
    for (const layer of state.order) layer.setStyle(styleOf(layer.feature.properties.id));
    const chosen = view.selected && state.byId.get(view.selected);
    if (chosen) chosen.bringToFront();
    drawCircles();
    drawPlaces();
    movePointer();
    state.painted += 1;
    window.requestAnimationFrame(() => {
      document.documentElement.dataset.painted = view.key;
      document.documentElement.dataset.paints = String(state.painted);
    });
  }

  function colourOf(kind) {
    const legend = state.view.legend;
    if (kind === WITHHELD) return "url(#nahbar-withheld)";
    if (kind === NO_DATA || kind === undefined) return legend.no_data_colour;
    return legend.colours[kind];
  }

  function styleOf(id) {
    const view = state.view;
    const kind = view.classes[view.index.get(id)];
    const isChosen = id === view.selected;
    return {
      fillColor: colourOf(kind), fillOpacity: 1,
      color: isChosen ? view.outline : view.border, weight: isChosen ? 3.2 : view.border_width,
    };
  }

  function hover(layer) {
    // A quarter that is brought to the front under the pointer may never be told that the pointer has left it.
    if (state.hovered && state.hovered !== layer) state.hovered.closeTooltip();
    if (state.hovered && state.view) state.hovered.setStyle(styleOf(state.hovered.feature.properties.id));
    state.hovered = layer;
    if (layer && state.view) {
      layer.setStyle({ color: state.view.outline, weight: 2.4 });
      layer.bringToFront();
      const chosen = state.view.selected && state.byId.get(state.view.selected);
      if (chosen) chosen.bringToFront();
    }
    movePointer();
  }

  function tooltip(properties) {
    const box = document.createElement("div");
    const name = document.createElement("strong");
    name.textContent = properties.name;
    box.appendChild(name);
    const view = state.view;
    const at = view ? view.index.get(properties.id) : undefined;
    for (const line of at === undefined ? [] : view.tooltips[at]) {
      const row = document.createElement("div");
      row.textContent = line;
      box.appendChild(row);
    }
    return box;
  }

  function drawCircles() {
    if (state.circles) state.circles.remove();
    state.circles = L.layerGroup();
    for (const circle of state.view.circles) {
      L.circle([circle.lat, circle.lon], {
        radius: circle.metres, pane: "reach", interactive: false, weight: 1.6, color: circle.colour,
        fillColor: circle.colour, fillOpacity: state.options.look.opacity.catchment, dashArray: circle.is_dashed ? "5 4" : null,
      }).addTo(state.circles);
    }
    for (const area of state.view.areas) {
      L.polygon(area.polygons, {
        pane: "reach", interactive: false, weight: 1.6, color: area.colour, smoothFactor: 0.6,
        fillColor: area.colour, fillOpacity: state.options.look.opacity.catchment, dashArray: area.is_dashed ? "5 4" : null,
      }).addTo(state.circles);
    }
    state.circles.addTo(state.map);
  }

  function drawPlaces() {
    if (state.places) state.places.remove();
    state.places = L.layerGroup();
    for (const place of state.view.places) {
      const size = ({ main: 26, branch: 22, outreach: 20, host: 12, plan: 30 }[place.kind] || 14) * (state.options.scale || 1);
      const mark = document.createElement("span");
      mark.className = "nahbar-place nahbar-place-" + place.kind + (place.state ? " nahbar-wish-" + place.state : "") + (place.is_chosen ? " nahbar-chosen" : "");
      mark.textContent = place.mark || "";
      const marker = L.marker([place.lat, place.lon], {
        pane: "places", keyboard: true, title: "", alt: place.lines[0] || "", draggable: place.is_movable, bubblingMouseEvents: false,
        zIndexOffset: place.kind === "plan" ? 1000 : place.kind === "host" ? 0 : 500,
        icon: L.divIcon({ className: "nahbar-icon", html: mark, iconSize: [size, size] }),
      });
      marker.bindTooltip(() => {
        const box = document.createElement("div");
        place.lines.forEach((line, at) => {
          const row = document.createElement(at === 0 ? "strong" : "div");
          row.textContent = line;
          box.appendChild(row);
        });
        return box;
      }, { direction: "top", offset: [0, -size / 2], className: "nahbar-tip", opacity: 1 });
      marker.on("click", () => choose("site", place.id));
      if (place.is_movable) marker.on("dragend", () => send({ kind: "moved", id: place.id, ...degrees(marker.getLatLng()) }));
      marker.addTo(state.places);
    }
    state.places.addTo(state.map);
  }

  function choose(kind, id) { send({ kind, id }); }

  /* A click on the ground: a new place where the view asks for one, else what lies there. */
  function pick(spot, otherwise) {
    if (state.view && state.view.takes_points) send({ kind: "point", id: "", ...degrees(spot) });
    else otherwise();
  }

  function degrees(spot) { return { lon: Number(spot.lng.toFixed(6)), lat: Number(spot.lat.toFixed(6)) }; }

  function send(what) {
    state.count += 1;
    window.Streamlit.setComponentValue({ chosen: { ...what, count: state.count, at: Date.now() } });
  }

  /* Legend: drawn from the same colours that paint the polygons, and read out by two pointers. */
  function drawLegend() {
    const legend = state.view.legend;
    let box = document.getElementById("nahbar-legend");
    if (!box) {
      box = document.createElement("div");
      box.id = "nahbar-legend";
      box.style.visibility = "hidden";  // until the style sheet is there, which shows it
      document.getElementById("map_div").insertAdjacentElement("afterend", box);
      new ResizeObserver(layout).observe(box);
    }
    box.replaceChildren();
    box.appendChild(line("nahbar-legend-title", legend.title));
    if (legend.labels.length) box.appendChild(categories(legend));
    else if (legend.colours.length) {
      const scale = document.createElement("div");
      scale.className = "nahbar-scale";
      for (const name of ["ghost", "pointer"]) {
        const pointer = document.createElement("span");
        pointer.className = "nahbar-" + name;
        pointer.hidden = true;
        scale.appendChild(pointer);
      }
      const bar = document.createElement("div");
      bar.className = "nahbar-bar";
      legend.colours.forEach((colour) => {
        const part = document.createElement("span");
        part.className = "nahbar-class";
        part.style.background = colour;
        part.dataset.colour = colour;
        bar.appendChild(part);
      });
      scale.appendChild(bar);
      const limits = document.createElement("div");
      limits.className = "nahbar-limits";
      legend.limits.forEach((text, at) => {
        const label = line("nahbar-limit", text);
        label.style.left = (100 * at) / legend.colours.length + "%";
        limits.appendChild(label);
      });
      scale.appendChild(limits);
      box.appendChild(scale);
    }
    const extras = document.createElement("div");
    extras.className = "nahbar-extras";
    for (const extra of legend.extras) {
      const entry = document.createElement("span");
      entry.className = "nahbar-extra";
      const swatch = document.createElement("span");
      swatch.className = "nahbar-swatch nahbar-swatch-" + extra.look;
      if (extra.look === "no-data") swatch.style.background = legend.no_data_colour;
      if (extra.mark) swatch.textContent = extra.mark;
      entry.append(swatch, line("nahbar-extra-text", extra.label));
      extras.appendChild(entry);
    }
    box.appendChild(extras);
    box.appendChild(line("nahbar-source", legend.source));
    layout();
  }

  function categories(legend) {
    const list = document.createElement("div");
    list.className = "nahbar-extras";
    legend.labels.forEach((label, at) => {
      const entry = document.createElement("span");
      entry.className = "nahbar-extra";
      const swatch = document.createElement("span");
      swatch.className = "nahbar-swatch nahbar-class";
      swatch.style.background = legend.colours[at];
      swatch.style.flex = "none";
      swatch.dataset.colour = legend.colours[at];
      entry.append(swatch, line("nahbar-extra-text", label));
      list.appendChild(entry);
    });
    return list;
  }

  function line(name, text) {
    const node = document.createElement("span");
    node.className = name;
    node.textContent = text;
    return node;
  }

  function movePointer() {
    const view = state.view;
    if (!view || !view.index) return;
    place(document.querySelector(".nahbar-ghost"), view.selected);
    place(document.querySelector(".nahbar-pointer"), state.hovered && state.hovered.feature.properties.id);
  }

  function place(pointer, id) {
    if (!pointer) return;
    const view = state.view;
    const at = id ? view.index.get(id) : undefined;
    const position = at === undefined ? null : view.positions[at];
    pointer.hidden = position === null || position === undefined;
    if (!pointer.hidden) pointer.style.left = 100 * position + "%";
  }

  function layout() {
    const box = document.getElementById("nahbar-legend");
    const map = document.getElementById("map_div");
    const total = window.__GLOBAL_DATA__ ? window.__GLOBAL_DATA__.height : null;
    if (!box || !map || !total) return;
    map.style.width = "100%";
    const height = Math.max(160, total - box.offsetHeight);
    if (map.style.height !== height + "px") {
      map.style.height = height + "px";
      state.map.invalidateSize({ animate: false, pan: false });
      // Until a reader has moved the map himself, all of the region stays in sight whatever room the legend takes.
      if (!state.isMoved) fit();
    }
  }

  /* The part of the map a link names, else the one a view asks for, else the whole region. */
  function fit() {
    if (state.linked) {
      state.map.setView([state.linked.lat, state.linked.lon], state.linked.zoom, { animate: false, reset: true });
      return;
    }
    const [west, south, east, north] = state.focus || [null];
    const bounds = state.focus ? [[south, west], [north, east]] : state.options.bounds;
    state.map.fitBounds(bounds, { padding: [8, 8], animate: false });
  }

  /* What the address says of the map: latitude, longitude, zoom; null unless that lies about the region. */
  function linkedView() {
    const text = new URLSearchParams(window.parent.location.search).get("view") || "";
    if (!/^-?\d{1,2}(\.\d{1,6})?,-?\d{1,3}(\.\d{1,6})?,\d{1,2}(\.\d{1,2})?$/.test(text)) return null;
    const [lat, lon, zoom] = text.split(",").map(Number);
    const isNear = L.latLngBounds(state.options.bounds).pad(0.5).contains([lat, lon]);
    return isNear && zoom >= state.map.getMinZoom() && zoom <= state.map.getMaxZoom() ? { lat, lon, zoom } : null;
  }

  /* Put what a reader has moved the map to into the address, where the next change of settings leaves it. */
  function writeView() {
    if (!state.isMoved || window.parent === window) return;
    const centre = state.map.getCenter();
    const address = new URL(window.parent.location.href);
    const view = [centre.lat.toFixed(5), centre.lng.toFixed(5), Number(state.map.getZoom().toFixed(2))].join(",");
    address.searchParams.set("view", view);
    window.parent.history.replaceState(window.parent.history.state, "", address.toString());
  }

  function look(focus) {
    state.linked = null;
    state.focus = focus;
    state.isMoved = false;
    fit();
  }

  /* West, south, east and north of what a reader has moved the map to; null while the whole region is in sight. */
  function sight() {
    if (!state.isMoved && !state.linked) return state.focus;
    const seen = state.map.getBounds();
    return [seen.getWest(), seen.getSouth(), seen.getEast(), seen.getNorth()].map((degree) => Number(degree.toFixed(5)));
  }

  function say(text) {
    const box = line("nahbar-failed", text);
    document.getElementById("map_div").appendChild(box);
  }

  window.nahbarMap = { start, paint, look, sight, layout };
})();
