// One picture of the viewer: a click tells where (as shares of width and height), the wheel which slice.
const REST_MS = 350;
const MOST_ASKED = 3;

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const image = parentElement.querySelector("img");
  image.src = "data:" + data.media_type + ";base64," + data.picture;
  image.alt = data.alt;
  image.style.maxHeight = data.max_height + "px";

  // What follows the crosshair is asked for once the pictures rest, so that moving through slices never waits for it. It is
  // asked again only when the picture is drawn once more and the server still says that the numbers lag: a request that comes
  // by itself, later, could take the place of a button that is being pressed.
  clearTimeout(image.resting);
  if (image.about !== data.picture) {
    image.about = data.picture;
    image.asked = 0;
  }
  if (data.follow && image.asked < MOST_ASKED) {
    image.resting = setTimeout(() => {
      image.asked += 1;
      setTriggerValue("rested", true);
    }, REST_MS);
  }

  image.onclick = (event) => {
    const box = image.getBoundingClientRect();
    setTriggerValue("clicked", [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]);
  };

  if (data.slice === null) {
    image.onwheel = null;
    return;
  }
  // The wheel asks for a slice by its number, so that a turn made while the page is drawing is never lost.
  if (image.dataset.wanted === String(data.slice)) delete image.dataset.wanted;
  image.onwheel = (event) => {
    event.preventDefault();
    const from = Number(image.dataset.wanted ?? data.slice);
    const wanted = Math.min(Math.max(from + (event.deltaY < 0 ? 1 : -1), 0), data.slices - 1);
    image.dataset.wanted = String(wanted);
    image.waiting ??= setTimeout(() => {
      image.waiting = undefined;
      setTriggerValue("scrolled", Number(image.dataset.wanted ?? data.slice));
    }, 50);
  };
}
