package dev.weft.backend.cuda.calibration;

import dev.weft.backend.cuda.device.Device;
import dev.weft.backend.cuda.nativelib.DriverDevice;
import dev.weft.backend.cuda.nativelib.Libraries;
import dev.weft.graph.MachineException;
import java.util.List;

/**
 * Calibrates the machine's GPU. A process of its own: a line for each function that is not as on a processor, then one that says how many are; it
 * ends with 1 if one is not, with 3 if there is no GPU.
 */
public final class Calibrate {

    private Calibrate() {}

    /** @param arguments none */
    public static void main(String[] arguments) {
        System.exit(run());
    }

    private static int run() {
        try (Device device = DriverDevice.open(Libraries.installed(), 0)) {
            List<String> differences = Calibration.differences(Calibration.run(device), Calibration.golden());
            differences.forEach(System.out::println);
            System.out.printf(
                    "%s: %d of %d functions as on a processor%s%n",
                    device.facts().name(),
                    Case.all().size() - differences.size(),
                    Case.all().size(),
                    differences.isEmpty() ? "" : "; " + String.join("; ", differences));
            return differences.isEmpty() ? 0 : 1;
        } catch (MachineException lack) {
            System.err.println(lack.getMessage());
            return 3;
        }
    }
}
