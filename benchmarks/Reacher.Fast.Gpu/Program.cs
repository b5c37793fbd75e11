using Reacher.Fast.Core;
using Reacher.Fast.Core.Interop;
using Reacher.Fast.Gpu;

// reacher-fast-gpu probe | check [--quick] | golden | bench [--quick]
// What needs a GPU to be seen: every op against the scalar reference, whole updates, and the speeds. 0: all well.
bool quick = args.Contains("--quick");
try
{
    switch (args.FirstOrDefault())
    {
        case "probe":
            CudaReport report = CudaProbe.Describe();
            Console.WriteLine(report);
            return report.IsAvailable ? 0 : 1;
        case "check":
            return OpCheck.Run(quick) ? 0 : 1;
        case "golden":
            return GoldenCheck.Run() ? 0 : 1;
        case "bench":
            SpeedTable.Run(quick);
            return 0;
        default:
            Console.Error.WriteLine("usage: reacher-fast-gpu probe | check [--quick] | golden | bench [--quick]");
            return 2;
    }
}
catch (InputException error)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}
