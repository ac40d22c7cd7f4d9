// What pages do by themselves: the theme, clocks that count on, keys, and short notes at the edge.
(() => {
  const root = document.documentElement;
  const wanted = () => localStorage.getItem("ropewalk-theme") || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  const paint = () => root.setAttribute("data-theme", wanted());
  paint();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
  const duration = (seconds) => {
    if (seconds < 60) return `${Math.max(0, Math.floor(seconds))} s`;
    for (const [unit, size, less, part] of [["d", 86400, "h", 3600], ["h", 3600, "min", 60], ["min", 60, "s", 1]])
      if (seconds >= size) {
        const rest = Math.floor((seconds % size) / part);
        return `${Math.floor(seconds / size)} ${unit}` + (rest ? ` ${rest} ${less}` : "");
      }
  };
  const put = (el, text) => el.firstChild?.nodeValue !== text && (el.textContent = text);
  const ropewalk = (window.ropewalk = {
    skew: 0,
    tick() {
      const now = Date.now() / 1000 + ropewalk.skew;
      for (const el of document.querySelectorAll("[data-since]")) put(el, duration(now - el.dataset.since));
      for (const el of document.querySelectorAll("[data-ago]")) put(el, `${duration(now - el.dataset.ago)} ago`);
      for (const el of document.querySelectorAll("[data-until]")) put(el, now < el.dataset.until ? `in ${duration(el.dataset.until - now)}` : "now");
    },
    theme() {
      localStorage.setItem("ropewalk-theme", wanted() === "dark" ? "light" : "dark");
      paint();
    },
    reveal(selector) {
      const el = document.querySelector(selector);
      if (el && innerWidth <= 1060) el.scrollIntoView({ block: "start", behavior: "smooth" });
    },
    centre() {
      const area = document.querySelector(".graph");
      const box = area?.querySelector(".is-failed, .box.is-waiting, .box.is-running, .box[aria-pressed=true]") || area?.querySelector(".box");
      if (!box) return;
      area.scrollLeft = box.offsetLeft + box.offsetWidth / 2 - area.clientWidth / 2;
      area.scrollTop = Math.max(0, box.offsetTop - area.clientHeight / 2);
    },
    note(text, kind) {
      const el = Object.assign(document.createElement("div"), { className: `note ${kind}`, textContent: text });
      el.setAttribute("role", kind === "bad" ? "alert" : "status");
      let edge = document.getElementById("notes");
      if (!edge) {
        edge = Object.assign(document.createElement("div"), { id: "notes" });
        document.body.append(edge);
      }
      edge.append(el);
      setTimeout(() => el.remove(), kind === "bad" ? 9000 : 4000);
    },
  });
  setInterval(ropewalk.tick, 1000);
  const seen = (el) => el.offsetParent !== null && !el.disabled;
  let going = false;
  document.addEventListener("keydown", (event) => {
    const on = event.target;
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    if (on.getAttribute?.("role") === "tab" && ["ArrowLeft", "ArrowRight"].includes(event.key)) {
      const all = [...on.parentNode.children];
      const next = all[(all.indexOf(on) + (event.key === "ArrowRight" ? 1 : all.length - 1)) % all.length];
      next.focus();
      next.click();
      return;
    }
    if (/INPUT|TEXTAREA|SELECT/.test(on.nodeName) || document.querySelector("dialog[open]")) {
      if (event.key === "Escape" && !document.querySelector("dialog[open]")) on.blur();
      return;
    }
    if (going) {
      going = false;
      const to = { r: "/", i: "/inbox", a: "/agents", s: "/statistics" }[event.key];
      if (to) location.assign(to);
      return;
    }
    if (event.key === "g") {
      going = true;
      setTimeout(() => (going = false), 1200);
      return;
    }
    const hot = [...document.querySelectorAll(`[data-hot="${CSS.escape(event.key)}"]`)].find(seen);
    if (!hot) return;
    event.preventDefault();
    if (/INPUT|TEXTAREA/.test(hot.nodeName)) hot.focus();
    else hot.click();
  });
})();
