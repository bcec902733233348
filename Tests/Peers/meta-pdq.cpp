// Meta's own PDQ, from the sources that the sdist of pdqhash on PyPI carries, as a program to compare with.
//
//     meta-pdq hash FILE.ppm...     full-resolution and 512 x 512 hash and quality of each, one line a file
//     meta-pdq time ROUNDS FILE.jpg decode and hash at 512 x 512, as Meta's tools do it for files; least CPU ms
//
// Meta's tools read through CImg; libjpeg's defaults and nearest neighbour are what CImg comes to, without the cost of
// its copies. `make tools` builds it, without contraction of products and sums.

#include <pdq/cpp/common/pdqhashtypes.cpp>
#include <pdq/cpp/downscaling/downscaling.cpp>
#include <pdq/cpp/hashing/pdqhashing.cpp>
#include <pdq/cpp/hashing/torben.cpp>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <vector>

#include <jpeglib.h>

using namespace facebook::pdq;

struct Picture {
    int width = 0, height = 0;
    std::vector<uint8_t> samples;
};

struct Result {
    hashing::Hash256 hash;
    int quality;
};

static void fail(const char *what) {
    fprintf(stderr, "meta-pdq: error: %s\n", what);
    exit(1);
}

static FILE *open_file(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) fail(path);
    return file;
}

static Picture read_ppm(const char *path) {
    Picture picture;
    FILE *file = open_file(path);
    if (fscanf(file, "P6 %d %d 255", &picture.width, &picture.height) != 2 || fgetc(file) == EOF) fail(path);
    picture.samples.resize(size_t(picture.width) * picture.height * 3);
    if (fread(picture.samples.data(), 1, picture.samples.size(), file) != picture.samples.size()) fail(path);
    fclose(file);
    return picture;
}

static Picture read_jpeg(const char *path) {
    Picture picture;
    FILE *file = open_file(path);
    jpeg_decompress_struct decoder;
    jpeg_error_mgr errors;
    decoder.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&decoder);
    jpeg_stdio_src(&decoder, file);
    jpeg_read_header(&decoder, TRUE);
    decoder.out_color_space = JCS_RGB;
    jpeg_start_decompress(&decoder);
    picture.width = decoder.output_width;
    picture.height = decoder.output_height;
    picture.samples.resize(size_t(picture.width) * picture.height * 3);
    while (decoder.output_scanline < decoder.output_height) {
        JSAMPROW row = picture.samples.data() + size_t(decoder.output_scanline) * picture.width * 3;
        jpeg_read_scanlines(&decoder, &row, 1);
    }
    jpeg_finish_decompress(&decoder);
    jpeg_destroy_decompress(&decoder);
    fclose(file);
    return picture;
}

static Picture squeezed(const Picture &from) {
    const int side = 512;
    if (from.width <= side && from.height <= side) return from;
    Picture to{side, side, std::vector<uint8_t>(size_t(side) * side * 3)};
    for (int y = 0; y < side; y++) {
        const uint8_t *row = from.samples.data() + size_t(int64_t(y) * from.height / side) * from.width * 3;
        for (int x = 0; x < side; x++) {
            memcpy(&to.samples[(size_t(y) * side + x) * 3], row + int64_t(x) * from.width / side * 3, 3);
        }
    }
    return to;
}

static Result hashed(Picture picture) {
    std::vector<float> luma(size_t(picture.width) * picture.height), other(luma.size());
    uint8_t *samples = picture.samples.data();
    downscaling::fillFloatLumaFromRGB(
        samples, samples + 1, samples + 2, picture.height, picture.width, picture.width * 3, 3, luma.data());
    static float points[64][64], half[16][64], spectrum[16][16];
    Result result;
    hashing::pdqHash256FromFloatLuma(
        luma.data(), other.data(), picture.height, picture.width, points, half, spectrum, result.hash, result.quality);
    return result;
}

static double cpu_milliseconds() {
    timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

int main(int count, char **words) {
    if (count > 2 && !strcmp(words[1], "hash")) {
        for (int i = 2; i < count; i++) {
            Picture picture = read_ppm(words[i]);
            Result full = hashed(picture), r512 = hashed(squeezed(picture));
            printf("%s %d %s %d\n", full.hash.format().c_str(), full.quality, r512.hash.format().c_str(), r512.quality);
        }
    } else if (count == 4 && !strcmp(words[1], "time")) {
        double least = 1e99;
        for (int round = 0; round < atoi(words[2]); round++) {
            double begin = cpu_milliseconds();
            hashed(squeezed(read_jpeg(words[3])));
            least = std::min(least, cpu_milliseconds() - begin);
        }
        printf("%.3f\n", least);
    } else {
        fail("hash FILE.ppm... | time ROUNDS FILE.jpg");
    }
}
