/* The address in the browser: settings of a page take the place of those before, so that one step back leaves the page.
   Streamlit adds a step to the history for every change of the address; here it does so for another page only. The part
   of the map in sight is written by the map itself and kept while page and region stay the same. */
function install() {
  if (window.nahbarLink) return false;
  window.nahbarLink = true;
  const push = history.pushState.bind(history);
  const replace = history.replaceState.bind(history);
  const samePage = (target) => target.origin === location.origin && target.pathname === location.pathname;
  const withView = (target) => {
    const now = new URLSearchParams(location.search);
    const view = now.get("view");
    if (view && !target.searchParams.has("view") && target.searchParams.get("region") === now.get("region")) {
      target.searchParams.set("view", view);
    }
    return target.toString();
  };
  history.pushState = (state, title, address) => {
    const target = new URL(address === undefined || address === null ? location.href : address, location.href);
    if (!samePage(target)) return push(state, title, address);
    // On its way to another page Streamlit first takes all settings out of the address of this one: they stay for Back.
    if (target.search || !location.search) replace(state, title, withView(target));
  };
  history.replaceState = (state, title, address) => {
    const target = new URL(address === undefined || address === null ? location.href : address, location.href);
    return replace(state, title, samePage(target) ? withView(target) : address);
  };
  return true;
}

export default function (component) {
  const isFirst = install();
  const { query, keepsView } = component.data;
  if (!isFirst || !query) return;
  const target = new URL(location.pathname + "?" + query, location.href);
  const view = new URLSearchParams(location.search).get("view");
  if (keepsView && view) target.searchParams.set("view", view);
  history.replaceState(history.state, "", target.toString());
}
