/* The button that takes what is on screen into the presentation: it reads from the map which part is in sight. */
export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const box = parentElement.querySelector(".nahbar-start");
  if (!box) return;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = data.label;
  button.className = "plain";
  button.onclick = () => {
    const frame = document.querySelector('iframe[title*="folium"]');
    setTriggerValue("add", { sight: frame?.contentWindow?.nahbarMap?.sight?.() ?? null });
  };
  box.replaceChildren(button);
}
