#!/usr/bin/env python3
"""FAISS on the hashes of `ListStage sample`: faiss_pdq.py FILE ENTRIES. Prints one JSON object.

Range search within 31 bits, one question at a time, on one thread: IndexBinaryFlat compares with every entry;
IndexBinaryMultiHash with sixteen chunks of sixteen bits and one flip is exact, since 16 * (1 + 1) = 32.
"""

import json
import sys
import time

import faiss
import numpy

WITHIN = 32  # FAISS's radius is exclusive.


def measured(index, questions):
    found = []
    for question in questions[:8]:
        index.range_search(question[None], WITHIN)
    begin = time.process_time()
    for question in questions:
        limits, distances, _ = index.range_search(question[None], WITHIN)
        found.append(sorted(int(d) for d in distances[: limits[-1]] if d < WITHIN))
    return (time.process_time() - begin) * 1e6 / len(questions), found


def main():
    entries = int(sys.argv[2])
    values = numpy.fromfile(sys.argv[1], dtype=numpy.uint8).reshape(-1, 32)
    listed, questions = values[:entries], values[entries:]
    faiss.omp_set_num_threads(1)
    flat = faiss.IndexBinaryFlat(256)
    flat.add(listed)
    flat_us, flat_found = measured(flat, questions)
    hashed = faiss.IndexBinaryMultiHash(256, 16, 16)
    hashed.nflip = 1
    begin = time.process_time()
    hashed.add(listed)
    build = time.process_time() - begin
    hash_us, hash_found = measured(hashed, questions)
    print(
        json.dumps(
            {
                "entries": entries,
                "flat_us_a_query": round(flat_us, 1),
                "multihash_us_a_query": round(hash_us, 1),
                "multihash_build_seconds": round(build, 1),
                "neighbours": sum(len(f) for f in flat_found),
                "agree": flat_found == hash_found,
            }
        )
    )


if __name__ == "__main__":
    main()
