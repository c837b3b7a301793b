/* Prints the page; the browser's own dialogue says the rest. */
export default function (component) {
  const button = component.parentElement.querySelector("button");
  if (!button) return;
  button.textContent = component.data.label;
  button.onclick = () => window.print();
}
