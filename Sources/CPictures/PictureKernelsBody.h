// Included once for each kind of processor, with KERNEL(name) giving the kind's names. HAS_FUSED: fused products are there.

// MARK: Luma

/// The float weights of ITU-R BT.601, added from the left.
static inline __attribute__((always_inline)) void KERNEL(weigh)(const ints *red, const ints *green, const ints *blue,
                                                                float *to) {
    lanes sum = 0.299f * __builtin_convertvector(*red, lanes) + 0.587f * __builtin_convertvector(*green, lanes);
    sum = sum + 0.114f * __builtin_convertvector(*blue, lanes);
    memcpy(to, &sum, sizeof sum);
}

static inline __attribute__((always_inline)) void KERNEL(load)(const uint8_t *from, ints *to) {
    bytes loaded;
    memcpy(&loaded, from, sizeof loaded);
    *to = __builtin_convertvector(loaded, ints);
}

static inline __attribute__((always_inline)) void KERNEL(clamp)(ints *value) {
    *value = __builtin_elementwise_min(__builtin_elementwise_max(*value, (ints){0}), (ints){0} + 255);
}

/// libjpeg's conversion: its factors and its rounding.
static inline __attribute__((always_inline)) void KERNEL(weigh_ycc)(const uint8_t *y, const uint8_t *cb,
                                                                    const uint8_t *cr, float *to) {
    ints luma, blueness, redness;
    KERNEL(load)(y, &luma);
    KERNEL(load)(cb, &blueness);
    KERNEL(load)(cr, &redness);
    blueness -= 128;
    redness -= 128;
    ints red = luma + ((91881 * redness + 32768) >> 16);
    ints green = luma + ((-22554 * blueness - 46802 * redness + 32768) >> 16);
    ints blue = luma + ((116130 * blueness + 32768) >> 16);
    KERNEL(clamp)(&red);
    KERNEL(clamp)(&green);
    KERNEL(clamp)(&blue);
    KERNEL(weigh)(&red, &green, &blue, to);
}

static void KERNEL(luma_ycc)(const uint8_t *y, const uint8_t *cb, const uint8_t *cr, size_t width, float *luma) {
    for (size_t x = 0; x < width; x += LANES) KERNEL(weigh_ycc)(y + x, cb + x, cr + x, luma + x);
}

static void KERNEL(luma_rgb)(const uint8_t *rgb, size_t width, float *luma) {
    size_t x = 0;
    for (; x + LANES <= width; x += LANES) {
        ints red, green, blue;
        for (int i = 0; i < LANES; i++) {
            red[i] = rgb[3 * (x + i)];
            green[i] = rgb[3 * (x + i) + 1];
            blue[i] = rgb[3 * (x + i) + 2];
        }
        KERNEL(weigh)(&red, &green, &blue, luma + x);
    }
    for (; x < width; x++) {
        float sum = 0.299f * rgb[3 * x] + 0.587f * rgb[3 * x + 1];
        luma[x] = sum + 0.114f * rgb[3 * x + 2];
    }
}

static void KERNEL(luma_grey)(const uint8_t *grey, size_t width, float *luma) {
    for (size_t x = 0; x < width; x++) luma[x] = grey[x];
}

/// libjpeg's "fancy" widening of chroma in one dimension: a pixel is three quarters of its sample and one of the other
/// neighbour, and halves are rounded down on one side and up on the other.
static void KERNEL(widen)(const uint8_t *restrict from, size_t count, uint8_t *restrict to) {
    to[0] = from[0];
    for (size_t x = 0; x + 1 < count; x++) {
        unsigned this = from[x], next = from[x + 1];
        to[2 * x + 1] = (uint8_t)((3 * this + next + 2) >> 2);
        to[2 * x + 2] = (uint8_t)((3 * next + this + 1) >> 2);
    }
    to[2 * count - 1] = from[count - 1];
}

static inline __attribute__((always_inline)) void KERNEL(mix)(const uint8_t *near, const uint8_t *far, shorts *to) {
    halves first, second;
    memcpy(&first, near, sizeof first);
    memcpy(&second, far, sizeof second);
    *to = 3 * __builtin_convertvector(first, shorts) + __builtin_convertvector(second, shorts);
}

/// The same in both dimensions, rounded once.
static void KERNEL(widen_between)(const uint8_t *restrict near, const uint8_t *restrict far, size_t count,
                                  uint8_t *restrict to) {
    to[0] = (uint8_t)((12u * near[0] + 4u * far[0] + 8) >> 4);
    size_t x = 0;
    for (; x + 1 + 32 <= count; x += 32) {
        shorts this, next;
        KERNEL(mix)(near + x, far + x, &this);
        KERNEL(mix)(near + x + 1, far + x + 1, &next);
        // The low byte of each short is the left one of two pixels.
        shorts both = ((3 * this + next + 7) >> 4) | ((3 * next + this + 8) >> 4 << 8);
        memcpy(to + 2 * x + 1, &both, sizeof both);
    }
    for (; x + 1 < count; x++) {
        uint16_t this = (uint16_t)(3 * near[x] + far[x]), next = (uint16_t)(3 * near[x + 1] + far[x + 1]);
        to[2 * x + 1] = (uint8_t)((uint16_t)(3 * this + next + 7) >> 4);
        to[2 * x + 2] = (uint8_t)((uint16_t)(3 * next + this + 8) >> 4);
    }
    to[2 * count - 1] = (uint8_t)((12u * near[count - 1] + 4u * far[count - 1] + 7) >> 4);
}

static const uint8_t *KERNEL(chroma)(const struct bw_row *row, int which) {
    if (!row->isHalved) return row->near[which];
    if (row->far[which]) {
        KERNEL(widen_between)(row->near[which], row->far[which], row->chromaWidth, row->wide[which]);
    } else {
        KERNEL(widen)(row->near[which], row->chromaWidth, row->wide[which]);
    }
    return row->wide[which];
}

static void KERNEL(luma)(const struct bw_row *row, float *luma) {
    if (row->colours == BW_GREY) return KERNEL(luma_grey)(row->samples, row->width, luma);
    if (row->colours == BW_RGB) return KERNEL(luma_rgb)(row->samples, row->width, luma);
    KERNEL(luma_ycc)(row->samples, KERNEL(chroma)(row, 0), KERNEL(chroma)(row, 1), row->width, luma);
}

// MARK: Averages

static inline __attribute__((always_inline)) void KERNEL(divide)(const lanes *sum, float count, float reciprocal,
                                                                 float *to) {
#ifdef HAS_FUSED
    // Markstein's correction: what the product is off by is known exactly, and gives the nearest float.
    if (count <= LARGEST_TRIED) {
        lanes divisor = (lanes){0} + count, factor = (lanes){0} + reciprocal, quotient = *sum * factor;
        lanes rest = __builtin_elementwise_fma(-quotient, divisor, *sum);
        *(lanes *)to = __builtin_elementwise_fma(rest, factor, quotient);
        return;
    }
#else
    (void)reciprocal;
#endif
    *(lanes *)to = *sum / count;
}

/// Sixteen rows of sixteen become columns.
static inline __attribute__((always_inline)) void KERNEL(turn)(const float *from, size_t stride, float *to,
                                                               size_t stride_to) {
    lanes a[16], b[16];
#define SHUFFLE(x, y, ...) __builtin_shufflevector(x, y, __VA_ARGS__)
    for (int i = 0; i < 16; i++) a[i] = *(const lanes *)(from + (size_t)i * stride);
    for (int i = 0; i < 16; i += 2) {
        b[i] = SHUFFLE(a[i], a[i + 1], 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29);
        b[i + 1] = SHUFFLE(a[i], a[i + 1], 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31);
    }
    for (int i = 0; i < 16; i += 4) {
        for (int j = 0; j < 2; j++) {
            a[i + 2 * j] = SHUFFLE(b[i + j], b[i + j + 2], 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
            a[i + 2 * j + 1] = SHUFFLE(b[i + j], b[i + j + 2], 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
        }
    }
    // Now lane group g of a[4 * k + j] holds column 4 * g + j of rows 4 * k to 4 * k + 3.
    for (int j = 0; j < 4; j++) {
        lanes low01 = SHUFFLE(a[j], a[4 + j], 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
        lanes high01 = SHUFFLE(a[j], a[4 + j], 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
        lanes low23 = SHUFFLE(a[8 + j], a[12 + j], 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
        lanes high23 = SHUFFLE(a[8 + j], a[12 + j], 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
        *(lanes *)(to + (size_t)j * stride_to) =
            SHUFFLE(low01, low23, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
        *(lanes *)(to + (size_t)(4 + j) * stride_to) =
            SHUFFLE(low01, low23, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
        *(lanes *)(to + (size_t)(8 + j) * stride_to) =
            SHUFFLE(high01, high23, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
        *(lanes *)(to + (size_t)(12 + j) * stride_to) =
            SHUFFLE(high01, high23, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
    }
#undef SHUFFLE
}

/// Pixels inside the box after a step.
static inline size_t KERNEL(inside)(size_t step, size_t length, size_t window) {
    size_t end = step + 1 < length ? step + 1 : length;
    return end - (step + 1 > window ? step + 1 - window : 0);
}

/// Where a row's columns lie while the box passes over them.
struct KERNEL(slide) {
    size_t width, window, lead, mask;
    lanes *ring, *out;
    lanes sum;
};

/// One step of the box, anywhere.
static inline __attribute__((always_inline)) void KERNEL(step)(struct KERNEL(slide) *s, size_t step, lanes *average) {
    if (step < s->width) s->sum += s->ring[step & s->mask];
    if (step >= s->window) s->sum -= s->ring[(step - s->window) & s->mask];
    float count = (float)KERNEL(inside)(step, s->width, s->window);
    if (step >= s->lead) *average = s->sum / count;
}

/// Sixteen steps of which each adds and takes away; averages go to `out`, thirty-two of them in turn.
static inline __attribute__((always_inline)) void KERNEL(sixteen)(struct KERNEL(slide) *s, size_t first) {
    float count = (float)s->window, reciprocal = 1 / count;
    lanes sum = s->sum;
    for (size_t step = first; step < first + LANES; step++) {
        sum += s->ring[step & s->mask];
        sum -= s->ring[(step - s->window) & s->mask];
        KERNEL(divide)(&sum, count, reciprocal, (float *)&s->out[(step - s->lead) & 31]);
    }
    s->sum = sum;
}

static void KERNEL(average_all)(float *band, size_t stride, struct KERNEL(slide) *s) {
    size_t steps = s->width + s->lead, given = 0;
    for (size_t first = 0; first < steps; first += LANES) {
        if (first < s->width) KERNEL(turn)(band + first, stride, (float *)&s->ring[first & s->mask], LANES);
        if (first >= s->window && first >= s->lead && first + LANES <= s->width) {
            KERNEL(sixteen)(s, first);
        } else {
            for (size_t step = first; step < first + LANES && step < steps; step++) {
                KERNEL(step)(s, step, &s->out[(step - s->lead) & 31]);
            }
        }
        for (; given + LANES + s->lead <= first + LANES; given += LANES) {
            KERNEL(turn)((float *)&s->out[given & 31], LANES, band + given, stride);
        }
    }
    if (given < s->width) KERNEL(turn)((float *)&s->out[given & 31], LANES, band + given, stride);
}

static void KERNEL(average_kept)(float *band, size_t stride, struct KERNEL(slide) *s, const uint32_t *kept, size_t count) {
    size_t next = 0;
    for (size_t first = 0; next < count; first += LANES) {
        if (first < s->width) KERNEL(turn)(band + first, stride, (float *)&s->ring[first & s->mask], LANES);
        for (size_t step = first; step < first + LANES && next < count;) {
            size_t wanted = kept[next] + s->lead, end = first + LANES < wanted ? first + LANES : wanted;
            if (step >= s->window && end <= s->width) {
                lanes sum = s->sum;
                for (; step < end; step++) {
                    sum += s->ring[step & s->mask];
                    sum -= s->ring[(step - s->window) & s->mask];
                }
                s->sum = sum;
            }
            lanes unwanted;
            for (; step < end; step++) KERNEL(step)(s, step, &unwanted);
            if (step != wanted || step == first + LANES) continue;
            KERNEL(step)(s, step++, &s->out[next++]);
            for (; next < count && kept[next] == kept[next - 1]; next++) s->out[next] = s->out[next - 1];
        }
    }
    for (size_t x = 0; x < count; x += LANES) KERNEL(turn)((float *)&s->out[x], LANES, band + x, stride);
}

static void KERNEL(average_rows)(float *band, size_t stride, size_t width, size_t window, float *ring, size_t ring_rows,
                                 float *out, const uint32_t *kept, size_t kept_count) {
    struct KERNEL(slide) slide = {
        width, window, (window + 2) / 2 - 1, ring_rows - 1, (lanes *)ring, (lanes *)out, (lanes){0},
    };
    kept ? KERNEL(average_kept)(band, stride, &slide, kept, kept_count) : KERNEL(average_all)(band, stride, &slide);
}

static void KERNEL(average_columns)(float *sums, float *slot, const float *row, bool subtracts, float *averages,
                                    float count, size_t width) {
    float reciprocal = 1 / count;
    if (row && subtracts && averages) {
        for (size_t x = 0; x < width; x += LANES) {
            lanes added = *(const lanes *)(row + x), sum = *(lanes *)(sums + x) + added;
            sum -= *(lanes *)(slot + x);
            *(lanes *)(slot + x) = added;
            *(lanes *)(sums + x) = sum;
            KERNEL(divide)(&sum, count, reciprocal, averages + x);
        }
        return;
    }
    for (size_t x = 0; x < width; x += LANES) {
        lanes sum = *(lanes *)(sums + x);
        if (row) sum += *(const lanes *)(row + x);
        if (subtracts) sum -= *(lanes *)(slot + x);
        if (row) *(lanes *)(slot + x) = *(const lanes *)(row + x);
        *(lanes *)(sums + x) = sum;
        if (averages) KERNEL(divide)(&sum, count, reciprocal, averages + x);
    }
}
