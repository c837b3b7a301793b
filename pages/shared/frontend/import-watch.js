/* Streamlit refuses a file that is too large before it is sent, in English and by its own means. This looks at the
   same choice of files and tells the page which ones were refused. */
const INPUT = '[data-testid="stFileUploaderDropzoneInput"]';
const SENDING = '[data-testid="stFileUploader"] [data-testid="stFileChipIconSpinner"]';

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const look = (files) => {
    const list = Array.from(files || []);
    const refused = list.filter((file) => file.size > data.bytes);
    // Nothing is said where nothing was refused, and not before the other files are there: a page that runs again
    // meanwhile would be in their way.
    if (!refused.length && !parentElement.nahbarSaid) return;
    parentElement.nahbarSaid = refused.length > 0;
    const said = {
      refused: refused.map((file) => ({ name: file.name, bytes: file.size })),
      all: refused.length === list.length,
    };
    const say = (left) => {
      if (left > 0 && !said.all && document.querySelector(SENDING)) setTimeout(say, 300, left - 1);
      else setTriggerValue("chosen", said);
    };
    setTimeout(say, 300, 1000);
  };
  const changed = (event) => { if (event.target.matches && event.target.matches(INPUT)) look(event.target.files); };
  const dropped = (event) => {
    if (event.target.closest && event.target.closest('[data-testid="stFileUploaderDropzone"]')) look(event.dataTransfer.files);
  };
  document.addEventListener("change", changed, true);
  document.addEventListener("drop", dropped, true);
  if (parentElement.nahbarWatch) parentElement.nahbarWatch();
  parentElement.nahbarWatch = () => {
    document.removeEventListener("change", changed, true);
    document.removeEventListener("drop", dropped, true);
  };
  return parentElement.nahbarWatch;
}
