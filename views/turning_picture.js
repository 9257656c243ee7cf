// A projection that turns: all its pictures are here, so that turning asks the server for nothing.
const TURNED = "cushing-board-turned";

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const [image, slider, button, says] = ["img", "input", "button", "output"].map((name) => parentElement.querySelector(name));
  const last = data.pictures.length - 1;
  slider.max = last;
  image.style.maxHeight = data.height + "px";
  image.style.cursor = data.clickable ? "crosshair" : "default";

  const show = (number) => {
    slider.value = number;
    image.src = "data:image/jpeg;base64," + data.pictures[number];
    image.alt = data.alts[number];
    says.textContent = data.says[number];
  };
  // Both tracers turn together.
  const turn = (number) => window.dispatchEvent(new CustomEvent(TURNED, { detail: number }));
  const follow = (event) => show(Math.min(event.detail, last));
  window.addEventListener(TURNED, follow);
  show(Math.min(Number(slider.value), last));

  const stop = () => {
    clearInterval(slider.playing);
    slider.playing = undefined;
    button.textContent = "Turn";
  };
  const play = () => {
    button.textContent = "Stop";
    slider.playing = setInterval(() => turn(Number(slider.value) === last ? 0 : Number(slider.value) + 1), 140);
  };
  slider.oninput = () => {
    stop();
    turn(Number(slider.value));
  };
  button.onclick = () => (slider.playing ? stop() : play());

  image.onclick = (event) => {
    if (!data.clickable) return;
    const box = image.getBoundingClientRect();
    const place = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    setTriggerValue("clicked", [...place, Number(slider.value)]);
  };

  return () => {
    stop();
    window.removeEventListener(TURNED, follow);
  };
}
