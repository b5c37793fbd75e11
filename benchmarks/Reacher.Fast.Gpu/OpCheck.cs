using Reacher.Fast.Core.Kernels.Cuda;
using Reacher.Fast.Core.Kernels.Scalar;
using Reacher.Fast.Core.Tests.Kernels;

namespace Reacher.Fast.Gpu;

/// <summary>Every op in every precision and tile, at odd and at full sizes, on fresh random inputs with poisoned outputs.</summary>
internal static class OpCheck
{
    // Tile (0: as chosen by size), batch, inputs, outputs.
    private static readonly (int Tile, int Batch, int Inputs, int Outputs)[] Odd =
    [
        (0, 1, 1, 1), (0, 5, 3, 2), (32, 33, 37, 41), (32, 70, 129, 31), (64, 65, 33, 67), (64, 40, 100, 130), (128, 130, 35, 129), (128, 67, 140, 5),
    ];

    private const int LargeTileBytes = 110_592;

    private static readonly (int Tile, int Batch, int Inputs, int Outputs)[] Full = [(0, 256, 37, 256), (0, 256, 256, 256), (0, 1000, 300, 500)];

    public static bool Run(Effort effort)
    {
        int seed = Environment.TickCount;
        Console.WriteLine($"inputs drawn from seed {seed} on");
        bool passed = true;
        foreach (CudaPrecision precision in Enum.GetValues<CudaPrecision>())
        {
            double limit = precision switch { CudaPrecision.Float32 => 1e-5, CudaPrecision.TensorFloat32 => 1e-3, _ => 1e-2 };
            Dictionary<string, double> worst = [];
            HashSet<string> failed = [];
            (int Tile, int Batch, int Inputs, int Outputs)[] shapes = effort switch
            {
                Effort.Dry => Odd[..3],
                Effort.Quick => Odd,
                _ => [.. Odd, .. Full],
            };
            foreach ((int tile, int batch, int inputs, int outputs) in shapes)
            {
                using var reference = new ScalarKernelDevice();
                using var device = new CudaKernelDevice(new CudaDeviceOptions(Precision: precision)) { ForcedTile = tile };
                if (tile == 128 && device.Info.SharedBytes < LargeTileBytes)
                {
                    Console.WriteLine(
                        $"left out: the large tile, which needs more shared memory than this GPU's {device.Info.SharedBytes} bytes a block");
                    continue;
                }

                var agreement = new KernelAgreement(reference, device, seed++);
                agreement.SetNoise((ulong)seed, 1UL << 32);
                foreach ((string op, double error) in agreement.All(batch, inputs, outputs))
                {
                    worst[op] = Math.Max(worst.GetValueOrDefault(op), error);
                    if (!(error <= KernelAgreement.Limit(op, limit, batch, outputs)))
                    {
                        failed.Add(op);
                    }
                }
            }

            foreach ((string op, double error) in worst)
            {
                bool good = !failed.Contains(op);
                passed &= good;
                if (!good || precision == CudaPrecision.Float32 || KernelAgreement.IsProduct(op))
                {
                    Console.WriteLine($"{(good ? "ok  " : "FAIL")} {CudaKernelDevice.PrecisionName(precision)} {op,-36} {error:e1}");
                }
            }
        }

        Console.WriteLine(passed ? "all ops agree with the scalar reference" : "some ops DISAGREE with the scalar reference");
        return passed;
    }
}
