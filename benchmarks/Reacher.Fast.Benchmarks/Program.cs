using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;
using Reacher.Fast.Benchmarks.Allocations;
using Reacher.Fast.Benchmarks.Learning;
using Reacher.Fast.Benchmarks.Quick;

switch (args)
{
    case ["learn", ..]:
        return LearnCommand.Run(args.AsSpan(1));
    case ["--quick", "replay", ..]:
        return ReplayQuick.Run(args.AsSpan(2));
    case ["--quick", "replay-together", ..]:
        return ReplayTogether.Run();
    case ["--quick-child", string role, string path, string control, string slot]:
        return ReplayTogether.RunChild(role, path, control, slot);
    case ["--quick", "update", ..]:
        return UpdateQuick.Run(args.AsSpan(2));
    case ["--quick", "mujoco", ..]:
        return MujocoQuick.Run(args.AsSpan(2));
    case ["--quick", "allocations", ..]:
        return AllocationGate.Run(args.AsSpan(2));
    default:
        // BenchmarkDotNet builds a program of its own, which takes longer than its two minutes on a machine that does other things.
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(
            args, ManualConfig.Create(DefaultConfig.Instance).WithBuildTimeout(TimeSpan.FromMinutes(10)));
        return 0;
}
