package dev.weft.backend.cuda;

import dev.weft.backend.cuda.host.Order;
import dev.weft.backend.spi.BackendProvider;
import dev.weft.backend.testkit.BackendConformance;

/** The conformance kit on the host device: every kernel runs from its unchanged text. */
class CudaConformanceTest extends BackendConformance {

    @Override
    protected BackendProvider provider() {
        return new HostProvider(Order.FORWARD);
    }
}
