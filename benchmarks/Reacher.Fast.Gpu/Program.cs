using Reacher.Fast.Core;
using Reacher.Fast.Core.Interop;
using Reacher.Fast.Gpu;

// What needs a GPU to be seen: every op against the scalar reference, whole updates, the data's ways, and the speeds. 0: all well.
const string Usage = "usage: reacher-fast-gpu probe | check | golden | data | transfers | kernels | updates [--quick | --dry], or summary FOLDER";
Effort effort = args.Contains("--dry") ? Effort.Dry : args.Contains("--quick") ? Effort.Quick : Effort.Full;
try
{
    switch (args.FirstOrDefault())
    {
        case "probe":
            CudaReport report = CudaProbe.Describe();
            Console.WriteLine(report);
            return report.IsAvailable ? 0 : 1;
        case "check":
            return OpCheck.Run(effort) ? 0 : 1;
        case "golden":
            return GoldenCheck.Run(effort) ? 0 : 1;
        case "data":
            return DataCheck.Run(effort) ? 0 : 1;
        case "transfers":
            TransferSpeeds.Run(effort);
            return 0;
        case "kernels":
            KernelSpeeds.Run(effort);
            return 0;
        case "updates":
            UpdateSpeeds.Run(effort);
            return 0;
        case "summary" when args.Length > 1:
            Summary.Write(args[1]);
            return 0;
        default:
            Console.Error.WriteLine(Usage);
            return 2;
    }
}
catch (Exception error) when (error is InputException or CudaException)
{
    Console.Error.WriteLine(error.Message);
    return error is InputException ? 2 : 1;
}
