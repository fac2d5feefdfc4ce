/** Where keras.applications publishes its weights. */

const KERAS_APPLICATIONS = "https://storage.googleapis.com/tensorflow/keras-applications";

/** Returns the name and URL of a published file. */
export function kerasFile(folder: string, name: string): { readonly name: string; readonly url: string } {
  return { name, url: `${KERAS_APPLICATIONS}/${folder}/${name}` };
}
