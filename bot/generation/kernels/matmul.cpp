// Multiplication by weights in Q8_0, on CPUs with AVX-512 VNNI: what reading a prompt mostly consists of.
//
// llama.cpp multiplies Q8_0 with 256-bit registers, and for each block of 32 products takes signs from one operand to
// the other and converts both scales. Here, with many rows of activations (a prompt, or some answers),
//   - weights of 16 rows lie in the 16 lanes of a register (they are put there block by block, as the file has them
//     row by row; with a prompt's rows to multiply that costs a few per cent, and it pays from a few answers on),
//   - an instruction adds four products to each lane, so that no lane is ever summed up with another,
//   - and activations are made unsigned by adding 128, as that instruction wants them; 128 times the sum of a block's
//     weights, the same for all activations, is what the sum of its products begins with.
// With few rows the weights are read as they lie, eight rows at a time. Both add up whole numbers within a block, which
// is exact, and then blocks in their order with the same operations: a row's product does not depend on how many are
// multiplied with it, so that an answer is the same whoever is answered beside it. For that, one row times weights in
// F32 or F16 (of a LoRA adapter, beside a model in Q8_0) is added up here as llama.cpp adds up several.
//
// The build (llama-cpp.cmake) compiles this file into ggml's CPU backend and has the backend call `frontdesk_sgemm`
// where it would call `llamafile_sgemm`, which still computes whatever is not computed here.

#define GGML_COMMON_DECL_CPP
#include "ggml-common.h"

#include "ggml-cpu-impl.h"
#include "kernels.h"
#include "llamafile/sgemm.h"
#include "simd-mappings.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512VL__) && defined(__AVX512VNNI__)
#    include <immintrin.h>
#    define FRONTDESK_VNNI 1
#endif

#ifdef FRONTDESK_VNNI
namespace {

constexpr int     BLOCK    = QK8_0;       // numbers that share a scale
constexpr int     QUADS    = BLOCK / 4;   // an instruction takes four of them
constexpr int     LANES    = 16;          // rows of weights in a register
constexpr int     GROUPS   = 2;           // registers of weights that are multiplied with the same activations
constexpr int     PANEL    = GROUPS * LANES;
constexpr int     TOGETHER = 6;           // rows of activations whose sums stand in registers at once
constexpr int     FEW      = 4;           // rows of activations up to which putting the weights in lanes does not pay
constexpr int     EIGHT    = 8;           // rows of weights that few rows are multiplied with at once
constexpr int     SHARE    = 8 * EIGHT;   // rows of weights that a thread takes at a time then
constexpr int64_t CACHED   = 768 * 1024;  // bytes of activations that are multiplied with all weights before the next

struct alignas(64) packed_block {  // a block of PANEL rows of weights
    int8_t  weights[GROUPS][QUADS][LANES * 4];
    int32_t offsets[GROUPS][LANES];  // -128 times the sum of a row's weights
    float   scales[GROUPS][LANES];
};

struct scratch {  // of a thread, kept for the next multiplication
    std::vector<packed_block> panel;
    std::vector<uint8_t>      activations;  // [row][block][BLOCK], each plus 128
    std::vector<float>        scales;       // [row][block]
};

// Dwords of eight rows of 32 bytes, turned so that to[quad] has the rows' dwords beside each other.
inline void turn(const __m256i (&row)[8], int8_t * to) {
    __m256i a[8], b[8];
    for (int i = 0; i < 4; i++) {
        a[2 * i]     = _mm256_unpacklo_epi32(row[2 * i], row[2 * i + 1]);
        a[2 * i + 1] = _mm256_unpackhi_epi32(row[2 * i], row[2 * i + 1]);
    }
    for (int i = 0; i < 2; i++) {
        b[4 * i]     = _mm256_unpacklo_epi64(a[4 * i], a[4 * i + 2]);
        b[4 * i + 1] = _mm256_unpackhi_epi64(a[4 * i], a[4 * i + 2]);
        b[4 * i + 2] = _mm256_unpacklo_epi64(a[4 * i + 1], a[4 * i + 3]);
        b[4 * i + 3] = _mm256_unpackhi_epi64(a[4 * i + 1], a[4 * i + 3]);
    }
    for (int i = 0; i < 4; i++) {
        _mm256_storeu_si256((__m256i *) (to + i * LANES * 4), _mm256_permute2x128_si256(b[i], b[i + 4], 0x20));
        _mm256_storeu_si256((__m256i *) (to + (i + 4) * LANES * 4), _mm256_permute2x128_si256(b[i], b[i + 4], 0x31));
    }
}

// Puts `rows` rows of weights from `first` on into lanes; lanes without a row are zero.
void pack(packed_block * panel, const block_q8_0 * weights, int64_t stride, int64_t first, int rows, int64_t blocks) {
    const __m512i ones = _mm512_set1_epi8(1);
    for (int64_t block = 0; block < blocks; block++) {
        packed_block & to = panel[block];
        for (int group = 0; group < GROUPS; group++) {
            for (int half = 0; half < 2; half++) {
                __m256i row[8];
                for (int i = 0; i < 8; i++) {
                    const int  lane = half * 8 + i, at = group * LANES + lane;
                    const bool has  = at < rows;
                    const block_q8_0 * from = weights + (first + at) * stride + block;
                    row[i] = has ? _mm256_loadu_si256((const __m256i *) from->qs) : _mm256_setzero_si256();
                    to.scales[group][lane] = has ? GGML_CPU_FP16_TO_FP32(from->d) : 0.0f;
                }
                turn(row, to.weights[group][0] + half * 32);
            }
            __m512i sum = _mm512_setzero_si512();
            for (int quad = 0; quad < QUADS; quad++) {
                sum = _mm512_dpbusd_epi32(sum, ones, _mm512_load_si512(to.weights[group][quad]));
            }
            sum = _mm512_sub_epi32(_mm512_setzero_si512(), _mm512_slli_epi32(sum, 7));
            _mm512_store_si512(to.offsets[group], sum);
        }
    }
}

void convert(scratch & own, const block_q8_0 * activations, int64_t stride, int64_t first, int64_t rows, int64_t blocks) {
    own.activations.resize(rows * blocks * BLOCK);
    own.scales.resize(rows * blocks);
    const __m256i sign = _mm256_set1_epi8((char) 0x80);
    for (int64_t row = 0; row < rows; row++) {
        const block_q8_0 * from = activations + (first + row) * stride;
        uint8_t * to = own.activations.data() + row * blocks * BLOCK;
        for (int64_t block = 0; block < blocks; block++) {
            const __m256i numbers = _mm256_loadu_si256((const __m256i *) from[block].qs);
            _mm256_storeu_si256((__m256i *) (to + block * BLOCK), _mm256_xor_si256(numbers, sign));
            own.scales[row * blocks + block] = GGML_CPU_FP16_TO_FP32(from[block].d);
        }
    }
}

// to[row][lane] = activations[row] . weights[lane], for ROWS rows and the lanes of a panel.
template <int ROWS>
void multiply(const packed_block * panel, const uint8_t * activations, const float * scales, int64_t blocks,
              float * to, int64_t to_stride, int lanes) {
    __m512 sums[ROWS][GROUPS];
    for (int row = 0; row < ROWS; row++) {
        for (int group = 0; group < GROUPS; group++) {
            sums[row][group] = _mm512_setzero_ps();
        }
    }
    for (int64_t block = 0; block < blocks; block++) {
        const packed_block & from = panel[block];
        __m512i products[ROWS][GROUPS];
        for (int group = 0; group < GROUPS; group++) {
            const __m512i offset = _mm512_load_si512(from.offsets[group]);
            for (int row = 0; row < ROWS; row++) {
                products[row][group] = offset;
            }
        }
#pragma GCC unroll 8
        for (int quad = 0; quad < QUADS; quad++) {
            __m512i weights[GROUPS];
            for (int group = 0; group < GROUPS; group++) {
                weights[group] = _mm512_load_si512(from.weights[group][quad]);
            }
            for (int row = 0; row < ROWS; row++) {
                int32_t four;
                memcpy(&four, activations + (row * blocks + block) * BLOCK + quad * 4, sizeof four);
                const __m512i numbers = _mm512_set1_epi32(four);
                for (int group = 0; group < GROUPS; group++) {
                    products[row][group] = _mm512_dpbusd_epi32(products[row][group], numbers, weights[group]);
                }
            }
        }
        for (int group = 0; group < GROUPS; group++) {
            const __m512 weight_scales = _mm512_load_ps(from.scales[group]);
            for (int row = 0; row < ROWS; row++) {
                const __m512 scale = _mm512_mul_ps(weight_scales, _mm512_set1_ps(scales[row * blocks + block]));
                sums[row][group] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(products[row][group]), scale, sums[row][group]);
            }
        }
    }
    for (int group = 0; group < GROUPS; group++) {
        const int left = lanes - group * LANES;
        if (left <= 0) {
            break;
        }
        const __mmask16 mask = left >= LANES ? 0xFFFF : (__mmask16) ((1u << left) - 1);
        for (int row = 0; row < ROWS; row++) {
            _mm512_mask_storeu_ps(to + row * to_stride + group * LANES, mask, sums[row][group]);
        }
    }
}

void multiply(const scratch & own, int64_t rows, int64_t blocks, float * to, int64_t to_stride, int lanes) {
    const packed_block * panel = own.panel.data();
    const uint8_t * activations = own.activations.data();
    const float * scales = own.scales.data();
    for (; rows >= TOGETHER; rows -= TOGETHER) {
        multiply<TOGETHER>(panel, activations, scales, blocks, to, to_stride, lanes);
        activations += TOGETHER * blocks * BLOCK;
        scales += TOGETHER * blocks;
        to += TOGETHER * to_stride;
    }
    switch (rows) {
        case 5: multiply<5>(panel, activations, scales, blocks, to, to_stride, lanes); break;
        case 4: multiply<4>(panel, activations, scales, blocks, to, to_stride, lanes); break;
        case 3: multiply<3>(panel, activations, scales, blocks, to, to_stride, lanes); break;
        case 2: multiply<2>(panel, activations, scales, blocks, to, to_stride, lanes); break;
        case 1: multiply<1>(panel, activations, scales, blocks, to, to_stride, lanes); break;
    }
}

// The sums of the lanes of eight registers.
inline __m256i sums_of(const __m256i (&x)[EIGHT]) {
    const __m256i a = _mm256_hadd_epi32(_mm256_hadd_epi32(x[0], x[1]), _mm256_hadd_epi32(x[2], x[3]));
    const __m256i b = _mm256_hadd_epi32(_mm256_hadd_epi32(x[4], x[5]), _mm256_hadd_epi32(x[6], x[7]));
    return _mm256_add_epi32(_mm256_permute2x128_si256(a, b, 0x20), _mm256_permute2x128_si256(a, b, 0x31));
}

// to[row][i] = activations[row] . weights[i], for ROWS rows and up to eight rows of weights.
template <int ROWS>
void multiply_few(const block_q8_0 * weights, int64_t weights_stride, int count, const block_q8_0 * activations,
                  int64_t activations_stride, int64_t blocks, float * to, int64_t to_stride) {
    const block_q8_0 * from[EIGHT];
    for (int i = 0; i < EIGHT; i++) {
        from[i] = weights + std::min(i, count - 1) * weights_stride;  // the last one again where there are no more
    }
    __m256 sums[ROWS];
    for (int row = 0; row < ROWS; row++) {
        sums[row] = _mm256_setzero_ps();
    }
    for (int64_t block = 0; block < blocks; block++) {
        __m256i numbers[EIGHT], sizes[EIGHT];
        alignas(16) ggml_half halves[EIGHT];
        for (int i = 0; i < EIGHT; i++) {
            numbers[i] = _mm256_loadu_si256((const __m256i *) from[i][block].qs);
            sizes[i]   = _mm256_abs_epi8(numbers[i]);
            halves[i]  = from[i][block].d;
            __builtin_prefetch(from[i] + EIGHT * weights_stride + block);  // what comes next; rows lie apart
        }
        const __m256 weight_scales = _mm256_cvtph_ps(_mm_load_si128((const __m128i *) halves));
        for (int row = 0; row < ROWS; row++) {
            const block_q8_0 & one = activations[row * activations_stride + block];
            const __m256i own = _mm256_loadu_si256((const __m256i *) one.qs);
            __m256i products[EIGHT];
            for (int i = 0; i < EIGHT; i++) {
                products[i] = _mm256_dpbusd_epi32(_mm256_setzero_si256(), sizes[i], _mm256_sign_epi8(own, numbers[i]));
            }
            const __m256 scale = _mm256_mul_ps(weight_scales, _mm256_set1_ps(GGML_CPU_FP16_TO_FP32(one.d)));
            sums[row] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(sums_of(products)), scale, sums[row]);
        }
    }
    for (int row = 0; row < ROWS; row++) {
        _mm256_mask_storeu_ps(to + row * to_stride, (__mmask8) ((1u << count) - 1), sums[row]);
    }
}

void multiply_few(const ggml_compute_params * params, int64_t m, int64_t n, int64_t blocks, const block_q8_0 * weights,
                  int64_t weights_stride, const block_q8_0 * activations, int64_t activations_stride, float * to,
                  int64_t to_stride) {
    const auto multiply = n == 1 ? multiply_few<1> : n == 2 ? multiply_few<2> : n == 3 ? multiply_few<3> : multiply_few<FEW>;
    const int64_t jobs = (m + SHARE - 1) / SHARE;
    if (params->ith == 0) {
        ggml_threadpool_chunk_set(params->threadpool, params->nth);
    }
    ggml_barrier(params->threadpool);
    for (int64_t job = params->ith; job < jobs; job = ggml_threadpool_chunk_add(params->threadpool, 1)) {
        for (int64_t row = job * SHARE; row < std::min(m, (job + 1) * SHARE); row += EIGHT) {
            multiply(weights + row * weights_stride, weights_stride, (int) std::min<int64_t>(EIGHT, m - row), activations,
                     activations_stride, blocks, to + row, to_stride);
        }
    }
    ggml_barrier(params->threadpool);
}

inline __m512 load(const float * from) {
    return _mm512_loadu_ps(from);
}

inline __m512 load(const ggml_fp16_t * from) {
    return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *) from));
}

// to[m] = activations . weights[m], added up as llamafile_sgemm does for more than one row; m in fours, k in sixteens.
template <typename NUMBER>
void multiply_one(const ggml_compute_params * params, int64_t m, int64_t k, const NUMBER * weights, int64_t weights_stride,
                  const NUMBER * activations, float * to) {
    const int64_t fours = m / 4, first = fours * params->ith / params->nth, last = fours * (params->ith + 1) / params->nth;
    for (int64_t row = first * 4; row < last * 4; row += 4) {
        __m512 sums[4] = { _mm512_setzero_ps(), _mm512_setzero_ps(), _mm512_setzero_ps(), _mm512_setzero_ps() };
        for (int64_t at = 0; at < k; at += LANES) {
            const __m512 numbers = load(activations + at);
            for (int i = 0; i < 4; i++) {
                sums[i] = _mm512_fmadd_ps(load(weights + (row + i) * weights_stride + at), numbers, sums[i]);
            }
        }
        for (int i = 0; i < 4; i++) {
            to[row + i] = _mm512_reduce_add_ps(sums[i]);
        }
    }
}

// to[n][m] = activations[n] . weights[m]; strides in blocks and, of `to`, in numbers.
void multiply_many(const ggml_compute_params * params, int64_t m, int64_t n, int64_t blocks, const block_q8_0 * weights,
              int64_t weights_stride, const block_q8_0 * activations, int64_t activations_stride, float * to, int64_t to_stride) {
    static thread_local scratch own;
    const int64_t part = std::max<int64_t>(CACHED / (blocks * BLOCK) / TOGETHER, 1) * TOGETHER;
    const int64_t parts = (n + part - 1) / part, panels = (m + PANEL - 1) / PANEL;
    own.panel.resize(blocks);
    if (params->ith == 0) {
        ggml_threadpool_chunk_set(params->threadpool, params->nth);
    }
    ggml_barrier(params->threadpool);
    int64_t converted = -1;
    for (int64_t job = params->ith; job < parts * panels; job = ggml_threadpool_chunk_add(params->threadpool, 1)) {
        const int64_t first = job / panels * part, row = job % panels * PANEL, rows = std::min(part, n - first);
        if (converted != first) {
            convert(own, activations, activations_stride, first, rows, blocks);
            converted = first;
        }
        const int lanes = (int) std::min<int64_t>(PANEL, m - row);
        pack(own.panel.data(), weights, weights_stride, row, lanes, blocks);
        multiply(own, rows, blocks, to + first * to_stride + row, to_stride, lanes);
    }
    ggml_barrier(params->threadpool);
}

}  // namespace
#endif

extern "C" bool frontdesk_sgemm(const ggml_compute_params * params, int64_t m, int64_t n, int64_t k, const void * A,
                                int64_t lda, const void * B, int64_t ldb, void * C, int64_t ldc, int Atype, int Btype, int Ctype);

extern "C" bool frontdesk_sgemm(const ggml_compute_params * params, int64_t m, int64_t n, int64_t k, const void * A,
                                int64_t lda, const void * B, int64_t ldb, void * C, int64_t ldc, int Atype, int Btype, int Ctype) {
#ifdef FRONTDESK_VNNI
    if (params->use_ref || frontdesk_kernels_off()) {
        return llamafile_sgemm(params, m, n, k, A, lda, B, ldb, C, ldc, Atype, Btype, Ctype);
    }
    const bool alone = n == 1 && m % 4 == 0 && k % LANES == 0 && Atype == Btype && Ctype == GGML_TYPE_F32;
    if (alone && Atype == GGML_TYPE_F32) {
        multiply_one(params, m, k, (const float *) A, lda, (const float *) B, (float *) C);
        return true;
    }
    if (alone && Atype == GGML_TYPE_F16) {
        multiply_one(params, m, k, (const ggml_fp16_t *) A, lda, (const ggml_fp16_t *) B, (float *) C);
        return true;
    }
    if (Atype == GGML_TYPE_Q8_0 && Btype == GGML_TYPE_Q8_0 && Ctype == GGML_TYPE_F32) {
        if (n > FEW) {
            multiply_many(params, m, n, k, (const block_q8_0 *) A, lda, (const block_q8_0 *) B, ldb, (float *) C, ldc);
        } else {
            multiply_few(params, m, n, k, (const block_q8_0 *) A, lda, (const block_q8_0 *) B, ldb, (float *) C, ldc);
        }
        return true;
    }
#endif
    return llamafile_sgemm(params, m, n, k, A, lda, B, ldb, C, ldc, Atype, Btype, Ctype);
}
