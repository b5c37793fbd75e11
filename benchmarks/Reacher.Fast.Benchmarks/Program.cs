using BenchmarkDotNet.Running;
using Reacher.Fast.Benchmarks.Allocations;
using Reacher.Fast.Benchmarks.Learning;
using Reacher.Fast.Benchmarks.Quick;

switch (args)
{
    case ["learn", ..]:
        return LearnCommand.Run(args.AsSpan(1));
    case ["--quick", "replay", ..]:
        return ReplayQuick.Run();
    case ["--quick", "replay-together", ..]:
        return ReplayTogether.Run();
    case ["--quick-child", string role, string path, string control, string slot]:
        return ReplayTogether.RunChild(role, path, control, slot);
    case ["--quick", "update", ..]:
        return UpdateQuick.Run(args.AsSpan(2));
    case ["--quick", "allocations", ..]:
        return AllocationGate.Run(args.AsSpan(2));
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        return 0;
}
