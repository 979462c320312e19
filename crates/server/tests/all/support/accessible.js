// What anybody needs to use a page, looked at in the page itself: gives a list of what is wrong with it. It is an expression.
(() => {
  const faults = [];
  const say = (what, element) => faults.push(what + (element ? ": " + element.outerHTML.slice(0, 140) : ""));
  const shown = (element) => {
    const style = getComputedStyle(element);
    return style.visibility !== "hidden" && style.display !== "none" && element.getClientRects().length > 0;
  };
  const all = (selector) => Array.from(document.querySelectorAll(selector)).filter(shown);

  // The document.
  if (!document.documentElement.lang) say("the page has no language");
  if (!document.title.trim()) say("the page has no title");
  for (const landmark of ["header", "nav", "main", "footer"]) {
    if (all(landmark).length === 0) say("no " + landmark);
  }
  if (all("main").length !== 1 || all("h1").length !== 1) say("not one main and one h1");
  for (const nav of all("nav")) if (all("nav").length > 1 && !nav.getAttribute("aria-label")) say("a nav without a name", nav);
  let rank = 0;
  for (const heading of all("h1, h2, h3, h4, h5, h6")) {
    const own = Number(heading.tagName[1]);
    if (own > rank + 1) say("a heading skips a rank", heading);
    rank = own;
  }
  const ids = new Set();
  for (const element of document.querySelectorAll("[id]")) {
    if (ids.has(element.id)) say("an id twice", element);
    ids.add(element.id);
  }

  // Names.
  const name = (element) =>
    (element.getAttribute("aria-label") || element.textContent || element.getAttribute("value") || "").trim();
  for (const element of all("a[href], button, summary")) if (!name(element)) say("no name", element);
  for (const element of all("input:not([type=hidden]), select, textarea")) {
    if (element.labels.length === 0 && !element.getAttribute("aria-label")) say("no label", element);
    for (const id of (element.getAttribute("aria-describedby") || "").split(" ").filter(Boolean)) {
      if (!document.getElementById(id)) say("described by nothing", element);
    }
  }
  for (const group of all("fieldset")) if (!group.querySelector("legend")) say("a group without a name", group);
  for (const picture of all("[role=img]")) {
    const titled = (picture.getAttribute("aria-labelledby") || "").split(" ").every((id) => document.getElementById(id));
    if (!picture.getAttribute("aria-label") && !(picture.getAttribute("aria-labelledby") && titled)) say("a picture without words", picture);
  }
  for (const table of all("table")) {
    if (!table.querySelector("caption")) say("a table without a caption", table);
    if (table.querySelectorAll("th:not([scope])").length > 0) say("a head that is of nothing", table);
  }

  // Colours: text against what lies behind it.
  const parse = (text) => {
    const parts = (text.match(/[\d.]+/g) || []).map(Number);
    return { rgb: parts.slice(0, 3), alpha: parts.length > 3 ? parts[3] : 1 };
  };
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((part) => {
      const x = part / 255;
      return x <= 0.04045 ? x / 12.92 : Math.pow((x + 0.055) / 1.055, 2.4);
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.alpha > 0) return colour.rgb;
    }
    return [255, 255, 255];
  };
  for (const element of all("body *")) {
    const own = Array.from(element.childNodes).some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own) continue;
    const style = getComputedStyle(element);
    const ink = luminance(parse(element.ownerSVGElement ? style.fill : style.color).rgb);
    const ground = luminance(behind(element.ownerSVGElement ? element.ownerSVGElement.parentElement : element));
    const ratio = (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) say("contrast " + ratio.toFixed(2), element);
  }

  // Sizes: what is touched has 24 by 24 pixels, or stands in a sentence, or has as much room to itself (WCAG 2.2, 2.5.8).
  const LEAST = 24;
  const touched = all("a[href], button, input:not([type=hidden]), select, textarea, summary").filter((element) =>
    element.checkVisibility()
  );
  // A box to be ticked is ticked by its label too.
  const boxOf = (element) => {
    const box = element.getBoundingClientRect();
    const label = element.matches("[type=radio], [type=checkbox]") && element.labels.length > 0 ? element.labels[0] : null;
    if (!label) return box;
    const other = label.getBoundingClientRect();
    const [left, top] = [Math.min(box.left, other.left), Math.min(box.top, other.top)];
    return new DOMRect(left, top, Math.max(box.right, other.right) - left, Math.max(box.bottom, other.bottom) - top);
  };
  const inSentence = (element) => {
    if (getComputedStyle(element).display !== "inline") return false;
    let block = element.parentElement;
    while (getComputedStyle(block).display.startsWith("inline")) block = block.parentElement;
    const rest = block.cloneNode(true);
    for (const one of rest.querySelectorAll("a, button, input, select, textarea, summary")) one.remove();
    return /[\p{L}\p{N}]/u.test(rest.textContent);
  };
  // Half a pixel is what layouts round away.
  const isSmall = (box) => box.width < LEAST - 0.5 || box.height < LEAST - 0.5;
  const placed = touched.map((element) => ({ element, box: boxOf(element) }));
  const middle = (box) => [box.left + box.width / 2, box.top + box.height / 2];
  for (const { element, box } of placed) {
    if (!isSmall(box) || inSentence(element)) continue;
    const [x, y] = middle(box);
    const near = placed.find((other) => {
      if (other.element === element) return false;
      if (isSmall(other.box)) {
        const [otherX, otherY] = middle(other.box);
        return Math.hypot(otherX - x, otherY - y) < LEAST - 0.5;
      }
      const across = Math.max(other.box.left - x, 0, x - other.box.right);
      const down = Math.max(other.box.top - y, 0, y - other.box.bottom);
      return Math.hypot(across, down) < LEAST / 2 - 0.5;
    });
    const size = box.width.toFixed(0) + " by " + box.height.toFixed(0);
    if (near) say("too small to touch (" + size + "), and beside " + near.element.outerHTML.slice(0, 60), element);
  }

  // No page is wider than its window.
  const wide = document.documentElement.scrollWidth;
  if (wide > window.innerWidth) {
    const culprit = all("main *").find((element) => element.getBoundingClientRect().right > window.innerWidth + 1);
    say("wider than the window: " + wide + " in " + window.innerWidth, culprit);
  }
  return faults;
})()
