/* The map in a file of its own: draws what stands in the page, asks nobody for anything. Text goes in as text nodes. */
(function () {
  "use strict";

  const said = JSON.parse(document.getElementById("told").textContent);
  const SVG = "http://www.w3.org/2000/svg";
  const at = new Map(said.ids.map((id, place) => [id, place]));
  const layers = new Map();
  const marks = new Map();
  let chosen = said.selected;

  const map = L.map("map", { attributionControl: false, zoomSnap: 0.25, minZoom: 4, maxZoom: 18, zoomControl: false, scrollWheelZoom: true });
  L.control.zoom({ zoomInTitle: said.words.zoomIn, zoomOutTitle: said.words.zoomOut }).addTo(map);
  L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
  for (const [name, z] of [["under", 340], ["quarters", 380], ["over", 410], ["reach", 420], ["places", 620]]) {
    map.createPane(name).style.zIndex = z;
  }
  for (const name of ["under", "over", "reach"]) map.getPane(name).style.pointerEvents = "none";

  function box(lines) {
    const node = document.createElement("div");
    lines.forEach((line, place) => {
      const row = document.createElement(place === 0 ? "strong" : "span");
      row.textContent = line;
      node.appendChild(row);
    });
    return node;
  }

  function colour(name) { return getComputedStyle(document.documentElement).getPropertyValue("--" + name); }

  function style(id) {
    const isChosen = id === chosen;
    const kind = said.classes[at.get(id)];
    return {
      fillColor: kind === -1 ? "url(#withheld)" : kind === -2 || kind === undefined ? said.legend.no_data_colour : said.legend.colours[kind],
      fillOpacity: 1, color: colour(isChosen ? "outline" : "border"), weight: isChosen ? 3.2 : said.ids.length > 1000 ? 0.4 : 0.9, lineJoin: "round",
    };
  }

  function choose(id) {
    chosen = id;
    for (const [key, layer] of layers) layer.setStyle(style(key));
    const layer = layers.get(id);
    if (layer) layer.bringToFront();
    return layer;
  }

  const renderer = L.svg({ pane: "quarters", padding: 0.5 });
  const quarters = L.geoJSON(said.geometry.quarters, {
    renderer, pane: "quarters", style: (feature) => style(feature.properties.id),
    onEachFeature: (feature, layer) => {
      const id = feature.properties.id;
      layers.set(id, layer);
      layer.bindTooltip(() => box([feature.properties.name, ...(said.tooltips[at.get(id)] || [])]), { sticky: true, direction: "top", opacity: 1 });
      layer.on("click", () => choose(id));
    },
  }).addTo(map);
  map.fitBounds(quarters.getBounds(), { padding: [8, 8], animate: false });
  addHatch(renderer._container);
  if (said.geometry.landscape) drawLandscape(said.geometry.landscape);
  if (said.geometry.districts) {
    L.geoJSON(said.geometry.districts, { pane: "over", renderer: L.svg({ pane: "over", padding: 0.5 }), interactive: false, style: { weight: 1.6, color: colour("district"), opacity: said.look.opacity.district, fill: false } }).addTo(map);
  }
  drawCatchments();
  drawPlaces();
  if (chosen) choose(chosen);

  function addHatch(svg) {
    const defs = document.createElementNS(SVG, "defs");
    defs.innerHTML = '<pattern id="withheld" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="7" height="7" style="fill: var(--withheld-ground)"/><line x1="0" y1="0" x2="0" y2="7" style="stroke: var(--withheld-line)" stroke-width="3"/></pattern>';
    svg.insertBefore(defs, svg.firstChild);
  }

  function drawLandscape(landscape) {
    const renderers = { over: L.canvas({ pane: "over", padding: 0.5 }), under: L.canvas({ pane: "under", padding: 0.5 }) };
    for (const [kind, style] of Object.entries(said.look.landscape)) {
      const features = landscape.features.filter((feature) => feature.properties.kind === kind);
      if (!features.length) continue;
      const pane = style.is_under ? "under" : "over";
      const look = {
        fill: Boolean(style.fill), fillColor: style.fill, fillOpacity: 1, stroke: Boolean(style.line), color: style.line,
        weight: style.pixels, opacity: style.opacity, dashArray: style.dash.map((part) => part * style.pixels).join(" ") || null,
      };
      L.geoJSON({ type: "FeatureCollection", features }, { pane, renderer: renderers[pane], interactive: false, style: () => look }).addTo(map);
    }
  }

  function drawCatchments() {
    const look = (one) => ({ pane: "reach", interactive: false, weight: 1.6, color: one.colour, fillColor: one.colour, fillOpacity: said.look.opacity.catchment, dashArray: one.is_dashed ? "5 4" : null });
    for (const circle of said.circles) L.circle([circle.lat, circle.lon], { ...look(circle), radius: circle.metres }).addTo(map);
    for (const area of said.areas) L.polygon(area.polygons, { ...look(area), smoothFactor: 0.6 }).addTo(map);
  }

  function drawPlaces() {
    for (const place of said.places) {
      const size = { main: 26, branch: 22, outreach: 20, host: 12, plan: 30 }[place.kind] || 14;
      const mark = document.createElement("span");
      mark.className = "place place-" + place.kind + (place.state ? " wish-" + place.state : "");
      mark.textContent = place.mark;
      const marker = L.marker([place.lat, place.lon], {
        pane: "places", keyboard: true, title: "", alt: place.lines[0] || "", zIndexOffset: place.kind === "plan" ? 1000 : place.kind === "host" ? 0 : 500,
        icon: L.divIcon({ className: "", html: mark, iconSize: [size, size] }),
      });
      marker.bindTooltip(() => box(place.lines), { direction: "top", offset: [0, -size / 2], opacity: 1 });
      marker.on("focus", () => marker.openTooltip()).on("blur", () => marker.closeTooltip());
      marker.addTo(map);
      marks.set(place.id, marker);
    }
  }

  /* The table: a name shows its quarter or place on the map, a heading sorts. */
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.quarter !== undefined) {
      const layer = choose(button.dataset.quarter);
      if (layer) show(layer, layer.getBounds().getCenter());
    } else if (button.dataset.place !== undefined) {
      const marker = marks.get(button.dataset.place);
      if (marker) show(marker, marker.getLatLng());
    } else if (button.dataset.column !== undefined) sort(button);
  });

  function show(layer, spot) {
    for (const other of [...layers.values(), ...marks.values()]) other.closeTooltip();
    if (!map.getBounds().pad(-0.15).contains(spot)) map.panTo(spot, { animate: false });
    layer.openTooltip(spot);
    document.getElementById("map").scrollIntoView({ block: "nearest" });
  }

  function sort(button) {
    const table = button.closest("table");
    const column = Number(button.dataset.column);
    const way = button.dataset.way === "up" ? "down" : "up";
    for (const other of table.querySelectorAll("thead button")) { delete other.dataset.way; other.closest("th").removeAttribute("aria-sort"); }
    button.dataset.way = way;
    button.closest("th").setAttribute("aria-sort", way === "up" ? "ascending" : "descending");
    const words = new Intl.Collator(document.documentElement.lang, { numeric: true });
    const value = (row) => row.cells[column].dataset.sort;
    const rows = [...table.tBodies[0].rows].sort((one, other) => {
      const a = value(one), b = value(other);
      if (a === "" || b === "") return a === b ? 0 : a === "" ? 1 : -1;
      const order = isNaN(a) || isNaN(b) ? words.compare(a, b) : a - b;
      return way === "up" ? order : -order;
    });
    table.tBodies[0].append(...rows);
  }

  document.documentElement.dataset.painted = "yes";
})();
