// Draws the relation diagram from the list that says the same as text. dagre computes the layout.
"use strict";

(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const BOX_HEIGHT = 44;
  const PADDING = 12;
  const MIN_WIDTH = 96;
  // Smaller text is hard to read. A wider diagram scrolls.
  const MIN_SCALE = 0.8;
  const FONT = "13px system-ui, sans-serif";
  const pen = document.createElement("canvas").getContext("2d");

  const widthOf = (text) => {
    pen.font = FONT;
    return Math.ceil(pen.measureText(text).width * 1.05);
  };
  const shortened = (text) => (text.length > 32 ? `${text.slice(0, 31)}…` : text);

  function element(name, attributes, ...children) {
    const created = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) created.setAttribute(key, value);
    created.append(...children);
    return created;
  }

  function text(content, x, y, className) {
    return element("text", { x, y, class: className, "text-anchor": "middle" }, content);
  }

  function layoutOf(list, rankdir) {
    // The prefixes keep identifiers apart from the names of JavaScript's own properties.
    const graph = new dagre.graphlib.Graph({ multigraph: true });
    graph.setGraph({ rankdir, nodesep: 32, ranksep: 56, edgesep: 24, marginx: 8, marginy: 8 });
    graph.setDefaultEdgeLabel(() => ({}));
    forEach("[data-box]", ({ dataset }) => {
      const identifier = shortened(dataset.box);
      const title = shortened(dataset.title || (dataset.origin === "port" ? "in Port only" : dataset.box));
      const width = Math.max(MIN_WIDTH, widthOf(title), widthOf(identifier)) + 2 * PADDING;
      graph.setNode(`box ${dataset.box}`, { width, height: BOX_HEIGHT, title, identifier, origin: dataset.origin });
    }, list);
    forEach("[data-from]", ({ dataset }) => {
      const name = shortened(dataset.name) + ("many" in dataset ? " (many)" : "");
      const label = { name, width: widthOf(name) + 8, height: 18, labelpos: "c" };
      graph.setEdge(`box ${dataset.from}`, `box ${dataset.to}`, label, `arrow ${dataset.name}`);
    }, list);
    dagre.layout(graph);
    return graph;
  }

  function arrowOf(edge) {
    const [first, ...rest] = edge.points;
    const path = `M${first.x},${first.y} ${rest.map(({ x, y }) => `L${x},${y}`).join(" ")}`;
    return element("g", { class: "arrow" },
      element("path", { d: path, "marker-end": "url(#arrow-head)" }),
      element("rect", { x: edge.x - edge.width / 2, y: edge.y - 9, width: edge.width, height: 18, rx: 4 }),
      text(edge.name, edge.x, edge.y + 4, "name"));
  }

  function boxOf(node) {
    const { x, y, width, height } = node;
    return element("g", { class: `box ${node.origin}` },
      element("rect", { x: x - width / 2, y: y - height / 2, width, height, rx: 8 }),
      text(node.title, x, y - 3, "title"),
      text(node.identifier, x, y + 14, "identifier"));
  }

  function draw() {
    const place = byId("diagram");
    const list = byId("diagram-text");
    if (!place || !list) return;
    place.hidden = false;
    if (place.firstChild && place.drawnWidth === place.clientWidth) return;
    place.drawnWidth = place.clientWidth;
    const across = layoutOf(list, "LR");
    const graph = across.graph().width * MIN_SCALE <= place.clientWidth ? across : layoutOf(list, "TB");
    const { width, height } = graph.graph();
    const scale = Math.min(1, Math.max(MIN_SCALE, place.clientWidth / width));
    const head = element("marker", { id: "arrow-head", viewBox: "0 0 8 8", refX: 8, refY: 4, markerWidth: 8, markerHeight: 8, orient: "auto-start-reverse" },
      element("path", { d: "M0,0 L8,4 L0,8 z" }));
    place.replaceChildren(element("svg", { viewBox: `0 0 ${width} ${height}`, width: width * scale, height: height * scale, "aria-hidden": "true" },
      element("defs", {}, head),
      ...graph.edges().map((each) => arrowOf(graph.edge(each))),
      ...graph.nodes().map((each) => boxOf(graph.node(each)))));
    place.scrollLeft = (place.scrollWidth - place.clientWidth) / 2;
  }

  // Each response swaps many parts. Measuring the width after each of them would lay out the page as often.
  let isScheduled = false;
  function drawSoon() {
    if (isScheduled) return;
    isScheduled = true;
    requestAnimationFrame(() => {
      isScheduled = false;
      draw();
    });
  }

  document.addEventListener("htmx:afterSettle", drawSoon);
  document.addEventListener("htmx:oobAfterSwap", drawSoon);
  window.addEventListener("resize", drawSoon);
})();
