/**
 * Classifies images in a browser as the trained run does. Requires TensorFlow.js, which must be loaded first:
 *
 *   const classifier = await headlight.loadClassifier("model.json");
 *   const [most probable] = await classifier.classify(file); // { name, probability }
 */
"use strict";

globalThis.headlight = (() => {
  /**
   * Loads a model that Headlight exported.
   *
   * @param {string | object} source the URL of model.json, or an IOHandler of TensorFlow.js
   */
  async function loadClassifier(source) {
    const model = await tf.loadGraphModel(source);
    const { classes, size, resize } = model.metadata;
    return {
      classes,
      size,

      /**
       * Returns all classes, the most probable first.
       *
       * @param {ImageBitmapSource} image an image file as a Blob, or a canvas, a video or another source of pixels
       * @returns {Promise<{ name: string, probability: number }[]>}
       * @throws {DOMException} if it is not an image that the browser can read
       */
      async classify(image) {
        // As in the training, photographs are rotated by their EXIF data, and color profiles and transparency are
        // ignored.
        const bitmap = await createImageBitmap(image, { premultiplyAlpha: "none", colorSpaceConversion: "none" });
        try {
          return await probabilitiesOf(await pixelsOf(bitmap, image.type !== "image/jpeg"));
        } finally {
          bitmap.close();
        }
      },
    };

    function predicted(pixels) {
      try {
        return tf.tidy(() => model.predict(resizeWithPad(pixels, size, resize).expandDims()));
      } finally {
        pixels.dispose();
      }
    }

    async function probabilitiesOf(pixels) {
      const output = predicted(pixels);
      const probabilities = await output.data().finally(() => output.dispose());
      return classes.map((name, index) => ({ name, probability: probabilities[index] }))
        .sort((one, other) => other.probability - one.probability);
    }
  }

  /** Returns the pixels of an image as height×width×3. Only WebGL tells the colors of transparent ones. */
  async function pixelsOf(bitmap, mayBeTransparent) {
    if (!mayBeTransparent) return tf.browser.fromPixels(bitmap);
    const drawn = tf.browser.fromPixels(bitmap, 4);
    const least = tf.tidy(() => drawn.slice([0, 0, 3]).min());
    try {
      const [alpha] = await least.data();
      const data = alpha === 255 ? null : storedPixels(bitmap);
      if (data === null) return drawn.slice([0, 0, 0], [-1, -1, 3]);
      return tf.browser.fromPixels({ data, width: bitmap.width, height: bitmap.height });
    } finally {
      tf.dispose([drawn, least]);
    }
  }

  /** Returns an image's RGBA as its file has them. A canvas would multiply colors by alpha. Null if WebGL cannot take it. */
  function storedPixels(bitmap) {
    const { width, height } = bitmap;
    const gl = new OffscreenCanvas(1, 1).getContext("webgl");
    if (gl === null) return null;
    try {
      if (Math.max(width, height) > gl.getParameter(gl.MAX_TEXTURE_SIZE)) return null;
      gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, bitmap);
      gl.bindFramebuffer(gl.FRAMEBUFFER, gl.createFramebuffer());
      gl.framebufferTexture2D(
        gl.FRAMEBUFFER,
        gl.COLOR_ATTACHMENT0,
        gl.TEXTURE_2D,
        gl.getParameter(gl.TEXTURE_BINDING_2D),
        0,
      );
      const data = new Uint8Array(width * height * 4);
      gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, data);
      return gl.getError() === gl.NO_ERROR ? data : null;
    } finally {
      // A page has only a few contexts.
      gl.getExtension("WEBGL_lose_context")?.loseContext();
    }
  }

  /**
   * Returns the largest copy of an image that fits into size × size, with black borders. As in
   * tf.image.resize_with_pad, each step is rounded to float32. This is not part of the model, because a GPU rounds
   * divisions differently.
   */
  function resizeWithPad(image, size, resize) {
    const sides = image.shape.slice(0, 2);
    const ratio = Math.fround(Math.max(...sides) / size);
    const exact = sides.map((side) => Math.fround(side / ratio));
    const content = exact.map(Math.floor);
    if (Math.min(...content) < 1) throw new RangeError("it is so narrow that no pixel of it would remain");
    const before = exact.map((side) => Math.max(0, Math.floor(Math.fround(size - side) / 2)));
    const borders = content.map((side, axis) => [before[axis], size - side - before[axis]]);
    const resized = resize === "antialias" ? antialiased : bilinear;
    return resized(image.toFloat(), content).pad([...borders, [0, 0]]);
  }

  function bilinear(image, content) {
    return tf.image.resizeBilinear(image, content, false, true);
  }

  /** As tf.image.resize with antialiasing: each pixel is the mean of those under a triangle, which weights them. */
  function antialiased(image, [height, width]) {
    const rows = tf.einsum("yh,hwc->ywc", triangles(image.shape[0], height), image);
    return tf.einsum("xw,ywc->yxc", triangles(image.shape[1], width), rows);
  }

  function triangles(from, to) {
    const reach = Math.max(1, from / to);
    const weights = Array.from({ length: to }, (_, place) => {
      const centre = (place + 0.5) * from / to - 0.5;
      const row = Array.from({ length: from }, (_, pixel) => Math.max(0, 1 - Math.abs(pixel - centre) / reach));
      const sum = row.reduce((one, other) => one + other);
      return row.map((weight) => weight / sum);
    });
    return tf.tensor2d(weights);
  }

  return { loadClassifier, resizeWithPad };
})();
