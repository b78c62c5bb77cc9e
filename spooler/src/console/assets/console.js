// Says at once when a page is no longer told what changes, and lets it heal.
(function () {
  "use strict";
  const lost = document.getElementById("lost");
  if (!lost || !document.body.hasAttribute("sse-connect")) return;
  const title = document.title;
  const SILENT = 6000; // the server tells the time every two seconds
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
    if (since) return;
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
        } else if (answer.ok && since && Date.now() - since.getTime() > 8000) {
          location.reload();
        }
      })
      .catch(function () {});
    setTimeout(heal, 2000);
  }

  // A stream after the first begins anew: what the page had when it was loaded says nothing any more.
  let first = true;
  htmx.createEventSource = function (url) {
    const address = new URL(url, location.href);
    if (!first) address.searchParams.delete("seen");
    first = false;
    return new EventSource(address);
  };

  document.body.addEventListener("htmx:sseOpen", alive);
  document.body.addEventListener("htmx:sseMessage", alive);
  document.body.addEventListener("htmx:sseError", gone);
  window.addEventListener("offline", gone);
  setInterval(function () {
    if (Date.now() - heard > SILENT) gone();
  }, 1000);

  // How many things wait, where it is seen among other windows.
  function count() {
    const waiting = document.querySelector("[data-waiting]");
    const number = waiting ? Number(waiting.dataset.waiting) : 0;
    document.title = (number > 0 ? "(" + number + ") " : "") + title;
  }
  document.body.addEventListener("htmx:afterSwap", count);
  count();
})();
