package dev.weft.backend.cuda;

import dev.weft.backend.cuda.device.KernelCompiler;
import dev.weft.backend.cuda.host.HostDevice;
import dev.weft.backend.cuda.host.Order;
import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.BackendProvider;
import dev.weft.graph.op.Primitive;

/** The backend on the processor: the same code and the same kernel text, on a device that runs one thread after the other. */
public final class HostProvider implements BackendProvider {
    private static final long MEMORY = 1L << 30;

    private final Order order;
    private final KernelCompiler compiler;

    /** For those who find backends by name. */
    public HostProvider() {
        this(Order.FORWARD);
    }

    HostProvider(Order order) {
        this(order, HostDevice.hostCompiler());
    }

    HostProvider(Order order, KernelCompiler compiler) {
        this.order = order;
        this.compiler = compiler;
    }

    @Override
    public String name() {
        return "cuda-host";
    }

    @Override
    public Score score() {
        return new Score(0, "is for tests");
    }

    @Override
    public Backend open(BackendOptions options) {
        return new CudaBackend(HostDevice.open(MEMORY, order, compiler), options);
    }

    @Override
    public int opSet() {
        return Primitive.VERSION;
    }
}
