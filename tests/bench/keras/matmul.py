"""Measures the machine's limit: a large matrix product in TensorFlow, in float32 or bfloat16."""

import time

import common

import tensorflow as tf

ask = common.request()
n = ask["side"]
a, b = (tf.cast(tf.random.normal((n, n)), ask["precision"]) for _ in range(2))
product = tf.function(lambda p, q: tf.linalg.matmul(p, q))
product(a, b).numpy()
rates = []
for _ in range(ask["times"]):
    began = time.perf_counter()
    product(a, b)[0, 0].numpy()
    rates.append(2 * n**3 / (time.perf_counter() - began) / 1e9)
common.print_result({"gigaflopsPerSecond": rates})
