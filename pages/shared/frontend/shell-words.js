/* Streamlit names some controls in English for screen readers, whatever the page speaks. This names them in the
   reader's language, and tells the browser which language that is. */
export default function (component) {
  const { data, parentElement } = component;
  document.documentElement.lang = data.language;
  if (parentElement.nahbarStop) parentElement.nahbarStop();

  const said = (text) => {
    if (text in data.names) return data.names[text];
    const start = Object.keys(data.prefixes).find((prefix) => text.startsWith(prefix));
    return start ? data.prefixes[start] + text.slice(start.length) : null;
  };
  const name = () => {
    for (const control of document.querySelectorAll("[aria-label]")) {
      const label = said(control.getAttribute("aria-label"));
      if (label !== null) control.setAttribute("aria-label", label);
    }
    for (const link of document.querySelectorAll('[data-testid="stSkipToContent"]')) {
      const label = said(link.textContent.trim());
      if (label !== null) link.textContent = label;
    }
    for (const frame of document.querySelectorAll('iframe[title*="folium"]:not([aria-label])')) frame.setAttribute("aria-label", data.map);
  };
  name();
  const observer = new MutationObserver(name);
  observer.observe(document.body, { childList: true, subtree: true, attributeFilter: ["aria-label"] });
  parentElement.nahbarStop = () => observer.disconnect();
  return parentElement.nahbarStop;
}
