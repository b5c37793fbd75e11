using System.Globalization;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Interop;
using Reacher.Fast.TorchSpeed;

// An update on TorchSharp as its examples write it, by Reacher.Fast.Torch, and on this project's own device, in turns; and what of TorchSharp needs
// a GPU to be seen. 0: all well.
const string Usage = "usage: reacher-fast-torch updates [--device torch|torch-cuda[:N]] [--threads N] [--turns N] [--dry] | check [--dry]";
bool dry = args.Contains("--dry");
try
{
    switch (args.FirstOrDefault())
    {
        case "updates":
            UpdateSpeeds.Run(
                Option("--device", "torch"), int.Parse(Option("--threads", "1"), CultureInfo.InvariantCulture),
                int.Parse(Option("--turns", "5"), CultureInfo.InvariantCulture), dry);
            return 0;
        case "check":
            return GpuChecks.Run(dry) ? 0 : 1;
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

string Option(string name, string otherwise) => Array.IndexOf(args, name) is int at and >= 0 && at + 1 < args.Length ? args[at + 1] : otherwise;
