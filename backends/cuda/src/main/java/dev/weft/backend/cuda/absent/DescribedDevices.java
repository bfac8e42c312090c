package dev.weft.backend.cuda.absent;

import dev.weft.backend.cuda.device.DeviceFacts;
import dev.weft.backend.cuda.nativelib.Libraries;
import dev.weft.backend.cuda.nativelib.Nvrtc;
import dev.weft.graph.UserException;
import java.util.List;

/** Devices that kernels can be compiled for where they are not. */
public final class DescribedDevices {

    private static final List<DeviceFacts> KNOWN = List.of(
            new DeviceFacts("A100", 8, 0, 108, 2048, 163 << 10, 40 << 20, 80L << 30),
            new DeviceFacts("H200", 9, 0, 132, 2048, 227 << 10, 60 << 20, 141L << 30));

    private DescribedDevices() {}

    /**
     * A device that computes nothing, with a compiler of this machine.
     *
     * @param name such as {@code H200}
     * @throws UserException if there is no description of this name
     */
    public static NullDevice named(String name) {
        DeviceFacts facts = KNOWN.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new UserException("weft.cuda.described: must be one of %s, got %s"
                        .formatted(KNOWN.stream().map(DeviceFacts::name).toList(), name)));
        return new NullDevice(facts, facts.memoryBytes(), new Nvrtc(Libraries.installed(), facts.architecture()));
    }
}
