/* Buttons that begin the show. Full screen has to be asked for in the click itself, so they are not Streamlit's. */
export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const box = parentElement.querySelector(".nahbar-start");
  if (!box) return;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = data.label;
  button.className = data.look;
  button.disabled = data.is_disabled;
  button.onclick = () => {
    for (const name of Object.keys(window.sessionStorage)) if (name.startsWith("nahbar-show:")) window.sessionStorage.removeItem(name);
    document.documentElement.requestFullscreen?.().catch(() => {});
    setTriggerValue("start", data.at);
  };
  box.replaceChildren(button);
}
