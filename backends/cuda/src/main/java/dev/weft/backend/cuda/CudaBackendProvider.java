package dev.weft.backend.cuda;

import dev.weft.backend.cuda.absent.DescribedDevices;
import dev.weft.backend.cuda.device.Device;
import dev.weft.backend.cuda.nativelib.Availability;
import dev.weft.backend.cuda.nativelib.DriverDevice;
import dev.weft.backend.cuda.nativelib.Libraries;
import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.BackendProvider;
import dev.weft.graph.MachineException;
import dev.weft.graph.op.Primitive;

/**
 * Offers the CUDA backend where there is a GPU with its driver and libraries. While it has not been measured against the CPU backend on
 * any GPU, it runs where it is asked for by name and is nobody's default.
 */
public final class CudaBackendProvider implements BackendProvider {
    private static final int ASKED_FOR = 50;

    /** Names a device, such as {@code H200}, that kernels are compiled for ahead, where it is not; programs compute nothing then. */
    private static final String DESCRIBED = System.getProperty("weft.cuda.described", "");

    @Override
    public String name() {
        return "cuda";
    }

    @Override
    public Score score() {
        if (!DESCRIBED.isEmpty()) {
            return new Score(
                    ASKED_FOR, "a described " + DESCRIBED + ", for which kernels are compiled and nothing is computed");
        }
        Availability here = Availability.here();
        return new Score(here.possible() ? ASKED_FOR : 0, here.reason());
    }

    @Override
    public Backend open(BackendOptions options) {
        if (!DESCRIBED.isEmpty()) {
            return new CudaBackend(DescribedDevices.named(DESCRIBED), options);
        }
        Availability here = Availability.here();
        if (!here.possible()) {
            throw new MachineException(here.reason());
        }
        Device device = DriverDevice.open(Libraries.installed(), 0);
        try {
            return new CudaBackend(device, options);
        } catch (RuntimeException failed) {
            device.close();
            throw failed;
        }
    }

    @Override
    public int opSet() {
        return Primitive.VERSION;
    }
}
