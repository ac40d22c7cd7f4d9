// Shows HTML that the server made and changes only what differs, so that focus, scroll and half-written text stay.
const KEPT = "ropewalk:";
const name = (node) => (node.nodeType === 1 ? node.id || node.dataset?.key || null : null);
const same = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && name(a) === name(b);

function morph(a, b) {
  if (a.nodeType !== 1) {
    if (a.nodeValue !== b.nodeValue) a.nodeValue = b.nodeValue;
    return;
  }
  const own = a.nodeName === "DETAILS" || a.nodeName === "DIALOG" ? ["open"] : a.nodeName === "INPUT" ? ["value", "checked"] : [];
  for (const { name: n, value } of [...b.attributes]) if (!own.includes(n) && a.getAttribute(n) !== value) a.setAttribute(n, value);
  for (const { name: n } of [...a.attributes]) if (!own.includes(n) && n !== "data-dirty" && !b.hasAttribute(n)) a.removeAttribute(n);
  if (a.nodeName === "INPUT" && !a.dataset.dirty && a.getAttribute("value") !== b.getAttribute("value")) {
    a.setAttribute("value", b.getAttribute("value") || "");
    a.value = b.getAttribute("value") || "";
  }
  if ((a.nodeName === "TEXTAREA" || a.nodeName === "SELECT") && a.dataset.dirty) return;
  const end = a.dataset.tail !== undefined && a.scrollHeight - a.scrollTop - a.clientHeight < 40;
  children(a, b);
  if (end) a.scrollTop = a.scrollHeight;
}

function children(a, b) {
  const named = new Map();
  for (const child of a.children) if (name(child)) named.set(name(child), child);
  let at = a.firstChild;
  for (const next of [...b.childNodes]) {
    const known = name(next) ? named.get(name(next)) : at && !name(at) && same(at, next) ? at : null;
    if (known && same(known, next)) {
      if (known === at) at = at.nextSibling;
      else a.insertBefore(known, at);
      morph(known, next);
    } else a.insertBefore(next, at);
  }
  while (at) {
    const stale = at;
    at = at.nextSibling;
    stale.remove();
  }
}

const parsed = (html) => Object.assign(document.createElement("template"), { innerHTML: html }).content;

export default {
  template: `<div></div>`,
  props: { html: String, turn: Number },
  mounted() {
    const el = this.$el;
    el.append(parsed(this.html));
    this.settle();
    el.addEventListener("click", (event) => this.clicked(event));
    el.addEventListener("submit", (event) => this.submitted(event));
    el.addEventListener("input", (event) => this.typed(event));
    el.addEventListener("change", (event) => this.changed(event));
  },
  watch: {
    html(html) {
      children(this.$el, parsed(html));
      this.settle();
    },
  },
  methods: {
    patch(pieces, turn) {
      if (turn < this.turn) return;
      for (const [id, html] of Object.entries(pieces)) {
        const old = document.getElementById(id);
        if (old && this.$el.contains(old)) morph(old, parsed(html).firstElementChild);
      }
      this.settle();
    },
    settle() {
      for (const field of this.$el.querySelectorAll("[data-keep]")) {
        const kept = sessionStorage.getItem(KEPT + field.dataset.keep);
        if (kept === null || field.dataset.dirty) continue;
        field.value = kept;
        field.dataset.dirty = "1";
        if (field.dataset.say) this.$emit("act", { do: field.dataset.say, data: { ...field.dataset }, form: { value: kept } });
      }
      window.ropewalk?.tick();
    },
    act(from, form = {}) {
      const { do: action, ...data } = from.dataset;
      this.$emit("act", { do: action, data, form });
    },
    clicked(event) {
      const from = event.target.closest("[data-do],[data-open],[data-close],[data-copy]");
      if (!from || from.nodeName === "FORM" || from.disabled || event.metaKey || event.ctrlKey) return;
      if (from.type === "submit") return;
      event.preventDefault();
      if (from.dataset.copy !== undefined) navigator.clipboard?.writeText(from.dataset.copy);
      if (from.dataset.close !== undefined) from.closest("dialog")?.close();
      if (from.dataset.open) document.getElementById(from.dataset.open)?.showModal();
      if (from.dataset.do) this.act(from);
    },
    submitted(event) {
      event.preventDefault();
      const form = event.target;
      const values = {};
      for (const [key, value] of new FormData(form, event.submitter)) values[key] = value;
      for (const box of form.querySelectorAll("input[type=checkbox]")) values[box.name] = box.checked;
      for (const field of form.querySelectorAll("[data-keep]")) {
        sessionStorage.removeItem(KEPT + field.dataset.keep);
        delete field.dataset.dirty;
      }
      form.closest("dialog")?.close();
      this.act(form, values);
    },
    typed(event) {
      const field = event.target;
      field.dataset.dirty = "1";
      if (field.dataset.keep) sessionStorage.setItem(KEPT + field.dataset.keep, field.value);
      if (!field.dataset.say) return;
      clearTimeout(field.timer);
      field.timer = setTimeout(
        () => this.$emit("act", { do: field.dataset.say, data: { ...field.dataset }, form: { value: field.value } }),
        250,
      );
    },
    changed(event) {
      const field = event.target;
      if (field.nodeName === "SELECT" && field.dataset.say) this.typed(event);
    },
  },
};
