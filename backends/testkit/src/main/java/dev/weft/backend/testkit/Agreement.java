package dev.weft.backend.testkit;

import dev.weft.graph.tensor.Tensor;

/**
 * How far a tensor is from the one it should be. Everywhere in Weft two tensors agree when {@code |a − b| ≤ rtol · max(|b|, rms)}
 * for each element, where rms is the root mean square of the finite elements of b. NaN agrees with NaN, and an infinity with itself.
 *
 * @param deviation the largest {@code |a − b| / max(|b|, rms)}; infinite where only one of two elements is finite
 * @param position row-major position of the element that has it, −1 for tensors without elements
 * @param got that element of a
 * @param wanted that element of b
 */
public record Agreement(double deviation, int position, double got, double wanted) {

    /** Compares {@code a} with {@code b}, which is right. */
    public static Agreement of(Tensor a, Tensor b) {
        if (!a.type().shape().equals(b.type().shape())) {
            throw new IllegalArgumentException(
                    "agreement: both tensors must have one shape, got %s and %s".formatted(a.type(), b.type()));
        }
        double rms = rms(b);
        Agreement worst = new Agreement(0, b.size() == 0 ? -1 : 0, first(a), first(b));
        for (int i = 0; i < b.size(); i++) {
            double deviation = deviation(a.get(i), b.get(i), rms);
            if (deviation > worst.deviation) {
                worst = new Agreement(deviation, i, a.get(i), b.get(i));
            }
        }
        return worst;
    }

    public boolean within(double rtol) {
        return deviation <= rtol;
    }

    /** {@code |a − b| / max(|b|, rms)} of one element. */
    public static double deviation(double a, double b, double rms) {
        if (a == b || (Double.isNaN(a) && Double.isNaN(b))) {
            return 0;
        }
        double difference = Math.abs(a - b);
        return Double.isFinite(difference) ? difference / Math.max(Math.abs(b), rms) : Double.POSITIVE_INFINITY;
    }

    /** The root mean square of the finite elements. */
    public static double rms(Tensor tensor) {
        double sum = 0;
        int finite = 0;
        for (int i = 0; i < tensor.size(); i++) {
            if (Double.isFinite(tensor.get(i))) {
                sum += tensor.get(i) * tensor.get(i);
                finite++;
            }
        }
        return finite == 0 ? 0 : Math.sqrt(sum / finite);
    }

    private static double first(Tensor tensor) {
        return tensor.size() == 0 ? Double.NaN : tensor.get(0);
    }

    @Override
    public String toString() {
        return "relative %.3g at element %d: got %s, wanted %s".formatted(deviation, position, got, wanted);
    }
}
