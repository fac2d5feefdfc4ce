/** The page around `classify.js`: takes an image from a file, the clipboard or the camera, and shows the most probable classes. */
"use strict";

(() => {
  const SHOWN = 3;
  const find = (id) => document.getElementById(id);
  const [status, results, photo] = ["status", "results", "photo"].map(find);
  const [choose, file, drop] = ["choose", "file", "drop"].map(find);
  const [camera, video, start, shoot, stop] = ["camera", "video", "start", "shoot", "stop"].map(find);

  // A page in one file contains the model. Otherwise the model is beside the page.
  const embedded = find("model");
  const loading = headlight.loadClassifier(embedded === null ? "model.json" : handlerOf(embedded));
  loading.then(() => say("Choose an image, drop one here, or paste one."), (error) => {
    console.info(error);
    sayNotLoaded();
  });

  function sayNotLoaded() {
    say(
      location.protocol === "file:" && embedded === null
        ? "The model cannot be loaded from a file. Serve this folder, for example with: python3 -m http.server. " +
          "Or add --single-file to the command that exported it, which makes one file that opens from the disk."
        : "The model could not be loaded. Check that model.json and the .bin files are beside this page.",
    );
  }

  function say(text) {
    status.textContent = text;
  }

  /** Returns an IOHandler of TensorFlow.js for the model that is in the page. */
  function handlerOf(element) {
    const { weightData, ...artifacts } = JSON.parse(element.textContent);
    const bytes = Uint8Array.from(atob(weightData), (letter) => letter.charCodeAt(0));
    return { load: () => Promise.resolve({ ...artifacts, weightData: bytes.buffer }) };
  }

  /** The number of the newest image. Results of earlier ones, which a person did not wait for, are not shown. */
  let newest = 0;

  async function classify(image) {
    const number = ++newest;
    results.replaceChildren();
    show(image);
    say("Classifying …");
    const classifier = await loading.catch(() => null);
    if (classifier === null) return sayNotLoaded();
    // Lets the browser draw before the model computes.
    await new Promise((resolve) => setTimeout(resolve, 30));
    try {
      const found = await classifier.classify(image);
      if (number === newest) list(found.slice(0, SHOWN));
    } catch (error) {
      if (number !== newest) return;
      console.info(error);
      if (error instanceof DOMException) {
        photo.hidden = true;
        say("This is not an image that the browser can read. Try a JPEG or PNG file.");
      } else say(`The model could not classify this image: ${error.message}. Try another one, or reload the page.`);
    }
  }

  function show(image) {
    if (photo.src.startsWith("blob:")) URL.revokeObjectURL(photo.src);
    photo.src = URL.createObjectURL(image);
    photo.hidden = false;
  }

  function list(found) {
    const percent = new Intl.NumberFormat("en", {
      style: "percent",
      minimumFractionDigits: 1,
      maximumFractionDigits: 1,
    });
    results.replaceChildren(...found.map(({ name, probability }) => {
      const item = document.createElement("li");
      const [label, value, bar] = ["span", "span", "span"].map((tag) => document.createElement(tag));
      label.textContent = name;
      label.className = "name";
      label.dir = "auto";
      value.textContent = percent.format(probability);
      value.className = "value";
      bar.className = "bar";
      bar.style.width = `${100 * probability}%`;
      bar.ariaHidden = "true";
      item.append(label, " ", value, bar);
      return item;
    }));
    const [{ name, probability }] = found;
    // These marks isolate the name, so that one in a right-to-left script does not move the figure.
    say(`\u2068${name}\u2069, ${percent.format(probability)}`);
  }

  choose.addEventListener("click", () => file.click());
  file.addEventListener("change", () => {
    if (file.files[0]) classify(file.files[0]);
    // Otherwise choosing the same file again would cause no event.
    file.value = "";
  });

  // The whole page accepts images, so that a person does not have to aim.
  addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) drop.classList.remove("over");
  });
  addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    const [dropped] = event.dataTransfer.files;
    if (dropped) classify(dropped);
    else say("That was not a file. Drop an image file from your computer.");
  });
  addEventListener("paste", (event) => {
    const [pasted] = event.clipboardData.files;
    if (pasted) classify(pasted);
  });

  // Browsers let a page use the camera only over HTTPS, from this computer, or from a file.
  start.hidden = navigator.mediaDevices?.getUserMedia === undefined;
  let stream = null;

  start.addEventListener("click", async () => {
    start.disabled = true;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch (error) {
      console.info(error);
      return say(
        "The camera cannot be used. Connect one, close other programs that use it, or allow it in the browser.",
      );
    }
    video.srcObject = stream;
    camera.hidden = false;
    start.hidden = true;
    await video.play();
    shoot.focus();
  });

  shoot.addEventListener("click", () => {
    if (video.videoWidth === 0) return;
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    canvas.getContext("2d").drawImage(video, 0, 0);
    canvas.toBlob((blob) => blob && classify(blob), "image/png");
  });

  stop.addEventListener("click", () => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    video.srcObject = null;
    camera.hidden = true;
    start.hidden = false;
    start.focus();
  });
})();
