// Says at once when a page is no longer told what changes, and lets it heal; keeps what somebody types.
(function () {
  "use strict";
  const lost = document.getElementById("lost");
  if (!lost || !document.body.hasAttribute("sse-connect")) return;
  const title = document.title;
  const SILENT = 6000; // the server tells the time every two seconds
  const UNSEEN = 15000; // how often a page that nobody sees asks how many things wait
  let heard = Date.now();
  let since = null;

  function alive() {
    heard = Date.now();
    if (since) {
      since = null;
      lost.hidden = true;
      lost.textContent = "";
      document.body.classList.remove("stale");
    }
  }

  function gone() {
    if (since || document.hidden) return;
    since = new Date();
    lost.textContent =
      "✗ Connection lost at " + since.toTimeString().slice(0, 8) +
      ". What you see may be out of date. Trying again…";
    lost.hidden = false;
    document.body.classList.add("stale");
    heal();
  }

  // The stream comes back by itself; where it does not although the server answers, the page is loaded anew.
  function heal() {
    if (!since) return;
    fetch(lost.dataset.session, { cache: "no-store", credentials: "same-origin" })
      .then(function (answer) {
        if (answer.status === 401) {
          const here = location.pathname + location.search;
          location.assign(lost.dataset.signIn + "?next=" + encodeURIComponent(here));
        } else if (answer.ok && since && Date.now() - since.getTime() > 8000 && !anyTyped()) {
          location.reload();
        }
      })
      .catch(function () {});
    setTimeout(heal, 2000);
  }

  // A page that nobody sees has no stream: a browser opens six lines to a server, and many pages may be open.
  let stream = null;
  let seen = null; // what the page has by the last stream; at first the address says it

  function Stream(url) {
    this.url = url;
    this.listeners = [];
    this.source = null;
    this.wake();
  }
  Stream.prototype = {
    get readyState() {
      return this.source ? this.source.readyState : EventSource.CONNECTING;
    },
    addEventListener: function (name, listener) {
      this.listeners.push([name, listener]);
      if (this.source) this.source.addEventListener(name, listener);
    },
    removeEventListener: function (name, listener) {
      this.listeners = this.listeners.filter(function (one) { return one[0] !== name || one[1] !== listener; });
      if (this.source) this.source.removeEventListener(name, listener);
    },
    wake: function () {
      if (this.source || document.hidden) return;
      const address = new URL(this.url, location.href);
      if (seen !== null) address.searchParams.set("seen", seen);
      const source = new EventSource(address);
      source.onopen = (event) => this.onopen && this.onopen(event);
      source.onerror = (event) => this.onerror && this.onerror(event);
      source.addEventListener("beat", function (event) { seen = event.lastEventId; });
      for (const [name, listener] of this.listeners) source.addEventListener(name, listener);
      this.source = source;
    },
    close: function () {
      if (this.source) this.source.close();
      this.source = null;
    },
  };

  htmx.createEventSource = function (url) {
    if (stream) stream.close();
    stream = new Stream(url);
    return stream;
  };

  document.addEventListener("visibilitychange", function () {
    if (document.hidden) {
      if (stream) stream.close();
    } else {
      heard = Date.now();
      if (stream) stream.wake();
      count();
    }
  });

  document.body.addEventListener("htmx:sseOpen", alive);
  document.body.addEventListener("htmx:sseMessage", alive);
  document.body.addEventListener("htmx:sseError", gone);
  window.addEventListener("offline", gone);
  setInterval(function () {
    if (Date.now() - heard > SILENT) gone();
  }, 1000);

  // What somebody typed outlives a part that is sent anew. Where its form is about something else by now, the part stays as
  // it is, and says so.
  const FIELDS = "input:not([type=hidden]), select, textarea";
  const verb = (form, name) => form.querySelector("input[name=" + name + "]")?.value;

  function isTyped(field) {
    if (field.tagName === "SELECT") {
      const first = Array.from(field.options).findIndex(function (option) { return option.defaultSelected; });
      return field.selectedIndex !== Math.max(first, 0);
    }
    if (field.type === "checkbox") return field.checked !== field.defaultChecked;
    return field.value !== field.defaultValue;
  }

  function typed(part) {
    return Array.from(part.querySelectorAll(FIELDS)).filter(function (field) { return field.form && isTyped(field); });
  }

  function anyTyped() {
    return typed(document).length > 0;
  }

  // The same field in what comes: of the same order about the same state.
  function twin(part, field) {
    const forms = Array.from(part.querySelectorAll("form")).filter(function (form) {
      return verb(form, "verb") === verb(field.form, "verb") && verb(form, "seen") === verb(field.form, "seen");
    });
    const found = forms[0] && forms[0].elements.namedItem(field.name);
    if (!found || (field.tagName === "SELECT" && !Array.from(found.options).some((it) => it.value === field.value))) return null;
    return found;
  }

  const carried = new WeakMap();

  document.body.addEventListener("htmx:sseBeforeMessage", function (event) {
    const part = event.target;
    const fields = typed(part);
    if (fields.length === 0) return;
    const coming = new DOMParser().parseFromString(event.detail.data, "text/html");
    if (fields.every(function (field) { return twin(coming, field); })) {
      const active = document.activeElement;
      const at = fields.includes(active) && active.type !== "number" ? active.selectionStart : null;
      carried.set(part, { fields: fields, active: fields.includes(active) ? active : null, at: at });
    } else {
      event.preventDefault();
      keep(part, event.detail.data);
    }
  });

  document.body.addEventListener("htmx:sseMessage", function (event) {
    if (event.target.id !== "beat") seen = ""; // until the next beat says what the page has
    const before = carried.get(event.target);
    if (!before) return;
    carried.delete(event.target);
    for (const field of before.fields) {
      const found = twin(event.target, field);
      if (!found) continue;
      if (field.type === "checkbox") found.checked = field.checked;
      else found.value = field.value;
      if (field !== before.active) continue;
      found.focus({ preventScroll: true });
      if (typeof before.at === "number" && found.setSelectionRange) found.setSelectionRange(before.at, before.at);
    }
  });

  function keep(part, data) {
    part.dataset.coming = data;
    if (part.querySelector(":scope > .outdated")) return;
    const note = document.createElement("div");
    note.className = "notice refused outdated";
    note.setAttribute("role", "status");
    note.textContent = "! Something changed here while you typed. What you typed is kept, but is about what was before. ";
    const show = document.createElement("button");
    show.type = "button";
    show.textContent = "Show how it is now";
    show.addEventListener("click", function () {
      part.innerHTML = part.dataset.coming;
      htmx.process(part);
      count();
    });
    note.append(show);
    part.prepend(note);
  }

  // How many things wait, where it is seen among other windows.
  function count(told) {
    const waiting = document.querySelector("[data-waiting]");
    const number = told === undefined ? Number(waiting ? waiting.dataset.waiting : 0) : told;
    document.title = (number > 0 ? "(" + number + ") " : "") + title;
  }
  document.body.addEventListener("htmx:afterSwap", function () { count(); });
  count();
  setInterval(function () {
    if (!document.hidden || !document.querySelector("[data-waiting]")) return;
    fetch(lost.dataset.count, { cache: "no-store", credentials: "same-origin" })
      .then(function (answer) { return answer.ok ? answer.text() : null; })
      .then(function (words) { if (words !== null && document.hidden) count(Number(words)); })
      .catch(function () {});
  }, UNSEEN);
})();
