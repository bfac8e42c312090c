package dev.weft.bench.torch;

import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * What libtorch reaches at most in a product of square matrices. A process of its own; it prints {@code f32} and GFLOP/s, or a sentence
 * where there is no libtorch.
 */
public final class TorchRate {

    private static final int SIZE = 2048;
    private static final int PRODUCTS = 12;

    private TorchRate() {}

    public static void main(String[] arguments) {
        Optional<String> missing = Torch.missing();
        System.out.println(missing.orElseGet(() -> "f32 " + products()));
    }

    private static double products() {
        try (PointerScope scope = new PointerScope()) {
            Tensor x = torch.rand(SIZE, SIZE);
            scope.attach(x);
            long best = Long.MAX_VALUE;
            for (int i = 0; i < PRODUCTS; i++) {
                long start = System.nanoTime();
                x.matmul(x);
                best = Math.min(best, System.nanoTime() - start);
            }
            return 2.0 * SIZE * SIZE * SIZE / best;
        }
    }
}
