package dev.weft.bench.torch;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** A model of Weft's programs as libtorch would have it: a function of the stored tensors, by the paths they have in Weft. */
public interface TorchProgram {

    /**
     * The weighted sum of nats, a scalar.
     *
     * @param weights parameters by path
     * @param batch the arguments of the program's {@code loss} by name; indices as i64
     */
    Tensor nats(Map<String, Tensor> weights, Map<String, Tensor> batch);
}
