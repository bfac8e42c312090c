// Matrix products as a Multiplication describes them: plain loops, terms and sums in f64, rounded once to the element type of D.
#include "worker.h"
#include "prelude.h"

enum Element { F32, BF16, F16, F64 };
enum Vector { NO_VECTOR, ADDED, ROWS_OF_A, COLUMNS_OF_B };
enum Act { LINEAR, GELU, GELU_GRADIENT };
enum Compute { COMPUTE_F32, COMPUTE_TF32, COMPUTE_SMALL, COMPUTE_F64 };

struct Matrix {
    i64 element, rows, columns, leading, count, step;
};

// As Multiply.words() lays it out.
struct Multiplication {
    i64 compute, transpose_a, transpose_b, beta, vector, act, aux_leading;
    Matrix a, b, d;
    u64 at_a, at_b, at_c, at_d, at_vector, at_aux;
};
static_assert(sizeof(Multiplication) == MULTIPLY_WORDS * sizeof(i64));

static double load(u64 base, i64 element, i64 index) {
    switch ((Element) element) {
        case F32: return ((const float*) base)[index];
        case BF16: return to_float(((const bf16*) base)[index]);
        case F16: return to_float(((const f16*) base)[index]);
        case F64: return ((const double*) base)[index];
    }
}

static void store(u64 base, i64 element, i64 index, double value) {
    switch ((Element) element) {
        case F32: ((float*) base)[index] = (float) value; return;
        case BF16: ((bf16*) base)[index] = to_bf16((float) value); return;
        case F16: ((f16*) base)[index] = to_f16((float) value); return;
        case F64: ((double*) base)[index] = value; return;
    }
}

// Ten bits of fraction: to nearest, ties away from zero, as cvt.rna.tf32.f32.
static double tf32(double value) {
    u32 bits = as_bits((float) value);
    if ((bits & 0x7f800000) == 0x7f800000) return value;
    return as_float((bits + 0x1000) & 0xffffe000);
}

// op(M), column after column.
static double* pack(const Matrix& matrix, u64 base, i64 batch, bool transpose, bool rounded) {
    i64 rows = transpose ? matrix.columns : matrix.rows, columns = transpose ? matrix.rows : matrix.columns;
    double* packed = (double*) malloc(rows * columns * sizeof(double));
    for (i64 j = 0; j < columns; j++) {
        for (i64 i = 0; i < rows; i++) {
            i64 index = batch * matrix.step + (transpose ? i * matrix.leading + j : j * matrix.leading + i);
            double value = load(base, matrix.element, index);
            packed[j * rows + i] = rounded ? tf32(value) : value;
        }
    }
    return packed;
}

// The tanh form, and its derivative.
static double gelu(double x) {
    return x / 2 * (1 + tanh(0.79788456080286536 * (x + 0.044715 * x * x * x)));
}
static double gelu_gradient(double x) {
    double t = tanh(0.79788456080286536 * (x + 0.044715 * x * x * x));
    return (1 + t) / 2 + x / 2 * (1 - t * t) * 0.79788456080286536 * (1 + 3 * 0.044715 * x * x);
}

// Sums over k of op(A) or op(B), the latter of which is packed with k inside.
static void sum_terms(const Multiplication& m, const double* terms, i64 count, i64 depth, i64 step, i64 step_k) {
    for (i64 i = 0; i < count; i++) {
        double sum = 0;
        for (i64 k = 0; k < depth; k++) sum += terms[i * step + k * step_k];
        store(m.at_vector, m.d.element, i, sum);
    }
}

static double finished(const Multiplication& m, i64 row, i64 column, double sum) {
    double x = m.vector == ADDED ? sum + load(m.at_vector, m.d.element, row) : sum;
    i64 place = column * m.aux_leading + row;
    switch ((Act) m.act) {
        case LINEAR: return x;
        case GELU:
            if (m.at_aux) store(m.at_aux, m.d.element, place, x);
            return gelu(x);
        case GELU_GRADIENT: return x * gelu_gradient(load(m.at_aux, m.d.element, place));
    }
}

static void multiply_one(const Multiplication& m, i64 batch) {
    bool rounded = m.compute == COMPUTE_TF32;
    double* a = pack(m.a, m.at_a, batch, m.transpose_a, rounded);
    double* b = pack(m.b, m.at_b, batch, m.transpose_b, rounded);
    i64 rows = m.d.rows, depth = m.transpose_a ? m.a.rows : m.a.columns;
    double* sums = (double*) malloc(rows * sizeof(double));
    for (i64 j = 0; j < m.d.columns; j++) {
        for (i64 i = 0; i < rows; i++) sums[i] = 0;
        for (i64 k = 0; k < depth; k++) {
            double factor = b[j * depth + k];
            for (i64 i = 0; i < rows; i++) sums[i] += a[k * rows + i] * factor;
        }
        for (i64 i = 0; i < rows; i++) {
            i64 index = batch * m.d.step + j * m.d.leading + i;
            double addend = m.beta ? load(m.at_c, m.d.element, index) : 0;
            store(m.at_d, m.d.element, index, finished(m, i, j, sums[i] + addend));
        }
    }
    if (m.vector == ROWS_OF_A) sum_terms(m, a, rows, depth, 1, rows);
    if (m.vector == COLUMNS_OF_B) sum_terms(m, b, m.d.columns, depth, depth, 1);
    free(sums);
    free(b);
    free(a);
}

void multiply(const i64* words) {
    const Multiplication& m = *(const Multiplication*) words;
    for (i64 batch = 0; batch < m.d.count; batch++) multiply_one(m, batch);
}
