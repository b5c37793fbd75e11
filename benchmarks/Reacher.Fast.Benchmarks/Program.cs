using BenchmarkDotNet.Running;
using Reacher.Fast.Benchmarks.Quick;

if (args is ["--quick", "replay", ..])
{
    return ReplayQuick.Run();
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
