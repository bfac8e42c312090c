package dev.weft.bench.torch;

import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import dev.weft.models.tensorfile.SafeTensors;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * libtorch on this machine, and tensors to and from it. Its tensors live in native memory: use them inside a
 * {@link org.bytedeco.javacpp.PointerScope}, which gives it back.
 */
public final class Torch {

    private Torch() {}

    /** Why libtorch cannot be used here; empty if it can. Loads it. */
    public static Optional<String> missing() {
        try {
            return torch.get_num_threads() > 0 ? Optional.empty() : Optional.of("libtorch: has no thread to run on");
        } catch (LinkageError e) {
            return Optional.of("libtorch: must be packed for this platform (%s, %s), could not be loaded: %s"
                    .formatted(System.getProperty("os.name"), System.getProperty("os.arch"), e.getMessage()));
        }
    }

    /** Whether this thread's products are made in bf16 from now on. No cast is kept: a step uses each weight in one product. */
    static void autocast(boolean bf16) {
        torch.set_autocast_cache_enabled(false);
        torch.set_autocast_dtype(torch.DeviceType.CPU, ScalarType.BFloat16);
        torch.set_autocast_enabled(torch.DeviceType.CPU, bf16);
    }

    /** The f32 tensors of a mapped file, copied without a way through Java's heap. */
    static Map<String, Tensor> copies(SafeTensors file) {
        Map<String, Tensor> copies = new LinkedHashMap<>();
        file.tensors().forEach((path, tensor) -> {
            try (FloatPointer data = new FloatPointer(tensor.data()
                            .asByteBuffer()
                            .order(ByteOrder.nativeOrder())
                            .asFloatBuffer());
                    Tensor view = torch.from_blob(data, tensor.type().shape().sizes())) {
                copies.put(path, view.clone());
            }
        });
        return copies;
    }

    /** The same elements in libtorch; floats of any width as f64, so that all error is ours. */
    public static Tensor exact(dev.weft.graph.tensor.Tensor tensor) {
        return as(tensor, exact(tensor.type().element()));
    }

    /** The same elements in libtorch, of this type. */
    public static Tensor as(dev.weft.graph.tensor.Tensor tensor, ScalarType type) {
        long[] sizes = tensor.type().shape().sizes();
        Tensor doubles = torch.zeros(sizes).to(ScalarType.Double);
        if (tensor.size() > 0) {
            doubles.data_ptr_double().put(tensor.toArray());
        }
        return doubles.to(type);
    }

    /** The type that stands for an element type where libtorch is an oracle. Only 16-bit floats stay narrow: there rounding is meant. */
    public static ScalarType exact(ElementType element) {
        return switch (element) {
            case F64, F32 -> ScalarType.Double;
            case BF16 -> ScalarType.BFloat16;
            case F16 -> ScalarType.Half;
            case I64 -> ScalarType.Long;
            case I32 -> ScalarType.Int;
            case I8 -> ScalarType.Char;
            case U8 -> ScalarType.Byte;
            case BOOL -> ScalarType.Bool;
        };
    }

    /** The elements as a tensor of Weft. */
    public static dev.weft.graph.tensor.Tensor read(Tensor from, ElementType element) {
        long[] sizes = new long[(int) from.dim()];
        for (int axis = 0; axis < sizes.length; axis++) {
            sizes[axis] = from.size(axis);
        }
        double[] data = new double[Math.toIntExact(from.numel())];
        if (data.length > 0) {
            Tensor doubles = from.detach().to(ScalarType.Double).contiguous();
            doubles.data_ptr_double().get(data);
        }
        return dev.weft.graph.tensor.Tensor.of(TensorType.of(element, sizes), data);
    }
}
