// Attention over a cache in F16, on the CPU.
//
// With fewer than 64 rows (an answer's next token, the end of a prompt) llama.cpp goes position by position and head by
// head: every cached key and value is converted from F16 once for each head that shares it, and each sum waits for the
// one before, through memory. With eight answers of 800 tokens that takes three quarters of a step. With more rows it
// turns and converts a tile of keys for each head anew. Here
//   - the heads that share keys and values (grouped-query attention), and some rows, are computed together,
//   - keys and values are converted once for them, a tile of positions at a time,
//   - and sums stay in vector registers, in F32, until a tile is done.
// The softmax is computed as it comes (https://arxiv.org/abs/2205.14135): the largest score so far and the sum of
// exponentials are kept for each row, and what was summed up is scaled down when a larger score appears.
//
// The build (llama-cpp.cmake) compiles this file into ggml's CPU backend and has the backend call `frontdesk_flash_attn`
// where it would call `ggml_compute_forward_flash_attn_ext`, which still computes whatever is not computed here.

#include "ggml-cpu-impl.h"
#include "ggml-cpu.h"
#include "kernels.h"
#include "ops.h"
#include "vec.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

#if defined(__has_builtin)
#  if __has_builtin(__builtin_shufflevector)
#    define FRONTDESK_VECTORS 1
#  endif
#endif

#ifdef FRONTDESK_VECTORS
namespace {

#if defined(__AVX512F__)
constexpr int LANES = 16, CHUNK = 4;  // floats in a vector register; registers of a row that are summed up together
#elif defined(__AVX__)
constexpr int LANES = 8, CHUNK = 2;
#else
constexpr int LANES = 4, CHUNK = 2;
#endif

constexpr int TILE     = 64;   // positions of the cache that are converted at once
constexpr int MAX_SIZE = 256;  // floats of the longest head
constexpr int TOGETHER = 48;   // rows (each of one head) that share a tile
constexpr int AT_ONCE  = 4;    // rows whose sums stand in registers at once
constexpr ggml_fp16_t MASKED = 0xFC00;  // -infinity

typedef float lanes __attribute__((vector_size(LANES * sizeof(float))));
typedef float four __attribute__((vector_size(4 * sizeof(float))));

inline lanes load(const float * from) {
    lanes v;
    memcpy(&v, from, sizeof v);
    return v;
}

inline void store(float * to, lanes v) {
    memcpy(to, &v, sizeof v);
}

// The lanes of a register folded into four.
inline four folded(lanes v) {
#if defined(__AVX512F__)
    const auto half = __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7) + __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15);
    return __builtin_shufflevector(half, half, 0, 1, 2, 3) + __builtin_shufflevector(half, half, 4, 5, 6, 7);
#elif defined(__AVX__)
    return __builtin_shufflevector(v, v, 0, 1, 2, 3) + __builtin_shufflevector(v, v, 4, 5, 6, 7);
#else
    return v;
#endif
}

// The sums of the lanes of four registers.
inline four sums(lanes a, lanes b, lanes c, lanes d) {
    const four fa = folded(a), fb = folded(b), fc = folded(c), fd = folded(d);
    const four ab = __builtin_shufflevector(fa, fb, 0, 4, 1, 5) + __builtin_shufflevector(fa, fb, 2, 6, 3, 7);
    const four cd = __builtin_shufflevector(fc, fd, 0, 4, 1, 5) + __builtin_shufflevector(fc, fd, 2, 6, 3, 7);
    return __builtin_shufflevector(ab, cd, 0, 1, 4, 5) + __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
}

inline float largest(const float * x) {  // of TILE floats
    lanes most = load(x);
    for (int at = LANES; at < TILE; at += LANES) {
        const lanes next = load(x + at);
        most = next > most ? next : most;
    }
    float result = most[0];
    for (int lane = 1; lane < LANES; lane++) {
        result = std::max(result, most[lane]);
    }
    return result;
}

// scores[row][position] = query[row] . key[position], for a tile.
template <int ROWS>
void score(float * scores, const float * queries, const float * keys, int size) {
    for (int at = 0; at < TILE; at += 4) {
        lanes acc[ROWS][4] = {};
        for (int d = 0; d < size; d += LANES) {
            lanes key[4];
            for (int i = 0; i < 4; i++) {
                key[i] = load(keys + (at + i) * size + d);
            }
            for (int row = 0; row < ROWS; row++) {
                const lanes query = load(queries + row * size + d);
                for (int i = 0; i < 4; i++) {
                    acc[row][i] += query * key[i];
                }
            }
        }
        for (int row = 0; row < ROWS; row++) {
            const four s = sums(acc[row][0], acc[row][1], acc[row][2], acc[row][3]);
            memcpy(scores + row * TILE + at, &s, sizeof s);
        }
    }
}

// out[row] += weights[row] . values, for `registers` registers of each row from `d` on.
template <int ROWS, int REGISTERS>
inline void mix(float * out, const float * weights, const float * values, int size, int d) {
    lanes acc[ROWS][REGISTERS];
    for (int row = 0; row < ROWS; row++) {
        for (int r = 0; r < REGISTERS; r++) {
            acc[row][r] = load(out + row * size + d + r * LANES);
        }
    }
    for (int at = 0; at < TILE; at++) {
        lanes value[REGISTERS];
        for (int r = 0; r < REGISTERS; r++) {
            value[r] = load(values + at * size + d + r * LANES);
        }
        for (int row = 0; row < ROWS; row++) {
            const float weight = weights[row * TILE + at];
            for (int r = 0; r < REGISTERS; r++) {
                acc[row][r] += weight * value[r];
            }
        }
    }
    for (int row = 0; row < ROWS; row++) {
        for (int r = 0; r < REGISTERS; r++) {
            store(out + row * size + d + r * LANES, acc[row][r]);
        }
    }
}

template <int ROWS>
void mix(float * out, const float * weights, const float * values, int size) {
    int d = 0;
    for (; d + CHUNK * LANES <= size; d += CHUNK * LANES) {
        mix<ROWS, CHUNK>(out, weights, values, size, d);
    }
    for (; d < size; d += LANES) {
        mix<ROWS, 1>(out, weights, values, size, d);
    }
}

void score(int rows, float * scores, const float * queries, const float * keys, int size) {
    for (; rows >= AT_ONCE; rows -= AT_ONCE, scores += AT_ONCE * TILE, queries += AT_ONCE * size) {
        score<AT_ONCE>(scores, queries, keys, size);
    }
    switch (rows) {
        case 3: score<3>(scores, queries, keys, size); break;
        case 2: score<2>(scores, queries, keys, size); break;
        case 1: score<1>(scores, queries, keys, size); break;
    }
}

void mix(int rows, float * out, const float * weights, const float * values, int size) {
    for (; rows >= AT_ONCE; rows -= AT_ONCE, out += AT_ONCE * size, weights += AT_ONCE * TILE) {
        mix<AT_ONCE>(out, weights, values, size);
    }
    switch (rows) {
        case 3: mix<3>(out, weights, values, size); break;
        case 2: mix<2>(out, weights, values, size); break;
        case 1: mix<1>(out, weights, values, size); break;
    }
}

inline const char * at(const ggml_tensor * t, int64_t i1, int64_t i2, int64_t i3) {
    return (const char *) t->data + i1 * t->nb[1] + i2 * t->nb[2] + i3 * t->nb[3];
}

// Converts `n` rows of `size` F16 numbers, and clears what a tile has room for beyond them.
void convert(float * to, const ggml_tensor * from, int64_t first, int n, int64_t head, int64_t stream, int size) {
    for (int i = 0; i < n; i++) {
        const char * row = at(from, first + i, head, stream);
        for (int byte = 0; byte < size * 2; byte += 64) {
            __builtin_prefetch(row + TILE * from->nb[1] + byte);  // of the next tile: rows of one head lie apart
        }
        ggml_cpu_fp16_to_fp32((const ggml_fp16_t *) row, to + i * size, size);
    }
    std::fill(to + n * size, to + TILE * size, 0.0f);
}

// Rows [first, last) of one stream and one head of the cache. Row r is query position r / sharing, head r % sharing.
void attend(ggml_tensor * dst, int64_t stream, int64_t cache_head, int first, int last) {
    const ggml_tensor * q = dst->src[0], * k = dst->src[1], * v = dst->src[2], * mask = dst->src[3];
    const int key_size = (int) k->ne[0], value_size = (int) v->ne[0];
    const int sharing = (int) (q->ne[2] / k->ne[2]), rows = last - first;
    float scale;
    memcpy(&scale, dst->op_params, sizeof scale);

    alignas(64) float queries[TOGETHER * MAX_SIZE];
    alignas(64) float out[TOGETHER * MAX_SIZE];
    alignas(64) float scores[TOGETHER * TILE];
    alignas(64) float keys[TILE * MAX_SIZE];  // and then, of the same tile, values
    alignas(64) float hidden[TILE];           // the mask: 0 or -infinity (or what is to be added to a score)
    const ggml_fp16_t * masks[TOGETHER];
    float most[TOGETHER], sum[TOGETHER];

    for (int row = 0; row < rows; row++) {
        const int64_t position = (first + row) / sharing, head = cache_head * sharing + (first + row) % sharing;
        const float * query = (const float *) at(q, position, head, stream);
        for (int d = 0; d < key_size; d++) {
            queries[row * key_size + d] = query[d] * scale;
        }
        masks[row] = mask ? (const ggml_fp16_t *) at(mask, position, head % mask->ne[2], stream % mask->ne[3]) : nullptr;
        most[row] = -INFINITY;
        sum[row] = 0.0f;
    }
    std::fill(out, out + rows * value_size, 0.0f);

    for (int64_t start = 0; start < k->ne[1]; start += TILE) {
        const int n = (int) std::min<int64_t>(TILE, k->ne[1] - start);
        if (mask) {
            bool any = false;
            for (int row = 0; row < rows && !any; row++) {
                if (row == 0 || masks[row] != masks[row - 1]) {
                    for (int i = 0; i < n; i++) {
                        any |= masks[row][start + i] != MASKED;
                    }
                }
            }
            if (!any) {
                continue;
            }
        }
        convert(keys, k, start, n, cache_head, stream, key_size);
        score(rows, scores, queries, keys, key_size);
        for (int row = 0; row < rows; row++) {
            float * s = scores + row * TILE;
            if (mask) {
                if (row == 0 || masks[row] != masks[row - 1]) {
                    ggml_cpu_fp16_to_fp32(masks[row] + start, hidden, n);
                }
                for (int i = 0; i < n; i++) {
                    s[i] += hidden[i];
                }
            }
            std::fill(s + n, s + TILE, -INFINITY);
            const float more = std::max(most[row], largest(s));
            if (more == -INFINITY) {
                std::fill(s, s + TILE, 0.0f);
                continue;
            }
            if (more > most[row]) {
                const float less = expf(most[row] - more);
                most[row] = more;
                sum[row] *= less;
                for (int d = 0; d < value_size; d++) {
                    out[row * value_size + d] *= less;
                }
            }
            sum[row] += (float) ggml_vec_soft_max_f32(TILE, s, s, more);
        }
        convert(keys, v, start, n, cache_head, stream, value_size);
        mix(rows, out, scores, keys, value_size);
    }

    for (int row = 0; row < rows; row++) {
        const int64_t position = (first + row) / sharing, head = cache_head * sharing + (first + row) % sharing;
        float * result = (float *) ((char *) dst->data + head * dst->nb[1] + position * dst->nb[2] + stream * dst->nb[3]);
        const float whole = sum[row] == 0.0f ? 0.0f : 1.0f / sum[row];
        for (int d = 0; d < value_size; d++) {
            result[d] = out[row * value_size + d] * whole;
        }
    }
}

bool is_ours(const ggml_compute_params * params, const ggml_tensor * dst) {
    const ggml_tensor * q = dst->src[0], * k = dst->src[1], * v = dst->src[2], * mask = dst->src[3];
    float bias, cap;  // ALiBi and a cap of the scores: models that a help desk hardly runs
    memcpy(&bias, (const float *) dst->op_params + 1, sizeof bias);
    memcpy(&cap, (const float *) dst->op_params + 2, sizeof cap);
    return !params->use_ref && bias == 0.0f && cap == 0.0f && dst->src[4] == nullptr  // no attention sinks
        && q->type == GGML_TYPE_F32 && k->type == GGML_TYPE_F16 && v->type == GGML_TYPE_F16
        && (mask == nullptr || mask->type == GGML_TYPE_F16)
        && k->ne[0] % LANES == 0 && k->ne[0] <= MAX_SIZE && v->ne[0] % LANES == 0 && v->ne[0] <= MAX_SIZE
        && q->ne[2] % k->ne[2] == 0 && k->ne[2] == v->ne[2] && q->ne[3] == k->ne[3] && q->ne[3] == v->ne[3];
}

}  // namespace
#endif

extern "C" void frontdesk_flash_attn(const ggml_compute_params * params, ggml_tensor * dst);

extern "C" void frontdesk_flash_attn(const ggml_compute_params * params, ggml_tensor * dst) {
#ifdef FRONTDESK_VECTORS
    if (!frontdesk_kernels_off() && is_ours(params, dst)) {
        const ggml_tensor * q = dst->src[0], * k = dst->src[1];
        const int64_t streams = q->ne[3], cache_heads = k->ne[2];
        const int rows = (int) (q->ne[1] * (q->ne[2] / cache_heads));
        // Four parts for each thread, so that none waits long for another.
        const int wanted = (int) (streams * cache_heads * rows / (4 * params->nth));
        const int together = std::min(std::max(wanted, 1), std::min(rows, TOGETHER));
        const int blocks = (rows + together - 1) / together;
        const int parts = (int) (streams * cache_heads) * blocks;
        if (params->ith == 0) {
            ggml_threadpool_chunk_set(params->threadpool, params->nth);
        }
        ggml_barrier(params->threadpool);
        for (int part = params->ith; part < parts; part = ggml_threadpool_chunk_add(params->threadpool, 1)) {
            const int first = (part % blocks) * together;
            attend(dst, part / blocks / cache_heads, part / blocks % cache_heads, first, std::min(first + together, rows));
        }
        return;
    }
#endif
    ggml_compute_forward_flash_attn_ext(params, dst);
}
