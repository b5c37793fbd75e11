using System.Globalization;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Torch.Learner;
using Reacher.Fast.Torch.Loading;
using Reacher.Fast.Torch.Networks;
using Reacher.Fast.Torch.Tests.Networks;
using Reacher.Fast.Training.Extensions;

namespace Reacher.Fast.Torch.Tests;

/// <summary>
/// The processes in which a libtorch is loaded that must not be this test's own. <c>load FOLDER|- PROGRAM PACKAGE</c> names a folder, the
/// program's folder and the package's; <c>beside PROGRAM</c> learns by the assembly that lies beside a program; <c>act THREADS</c> acts, without
/// a learner and beside one; anything else is a command line of Reacher.Fast, of a program that refers to the assembly. They end with 0, or with 2
/// and a sentence.
/// </summary>
public static class Program
{
    /// <summary>Set where the program and the processes of its runs have networks of their own.</summary>
    public const string NetworksVariable = "REACHER_FAST_TEST_NETWORKS";

    public static int Main(string[] arguments)
    {
        try
        {
            if (Environment.GetEnvironmentVariable(NetworksVariable) is not null)
            {
                TorchNetworks.Use(new TorchNetworks { Policy = spec => new WidePolicy(spec), Critic = spec => new ResidualCritic(spec) });
            }

            switch (arguments)
            {
                case ["load", string named, string program, string package]:
                    var search = new TorchSearch(named == "-" ? null : named, [program, AppContext.BaseDirectory], [package]);
                    var library = TorchLibrary.Require(search, cuda: false);
                    using (TorchSharp.torch.Tensor sum = TorchSharp.torch.ones(3, 4).sum())
                    {
                        Console.WriteLine($"{library.Folder} {library.Version} {sum.item<float>()}");
                    }

                    return 0;
                case ["beside", string program]:
                    LearnBeside(program);
                    return 0;
                case ["act", string threads]:
                    Act(int.Parse(threads, CultureInfo.InvariantCulture));
                    return 0;
                default:
                    return ReacherFast.Run(arguments);
            }
        }
        catch (InputException error)
        {
            Console.WriteLine(error.Message);
            return 2;
        }
    }

    private static void Act(int threads)
    {
        TorchLibrary.Require(cuda: false);
        TorchSharp.torch.set_num_threads(threads);
        var networks = new TorchNetworks { Policy = spec => new WidePolicy(spec) };
        var sizes = new PolicySpec(PolicyKind.SquashedGaussian, 3, 1, [], normalizeObservations: false);
        using IPolicyModule policy = networks.Architecture!.Create(sizes);
        int acting = TorchSharp.torch.get_num_threads();
        using var device = TorchDevice.Create("torch", threads);
        using IPolicyModule another = networks.Architecture.Create(sizes);
        Console.WriteLine($"{acting}, beside a learner {TorchSharp.torch.get_num_threads()}");
    }

    private static void LearnBeside(string program)
    {
        ILearnerBackend backend = OptionalAssembly.Create<ILearnerBackend>("Reacher.Fast.Torch", "To learn", referenced: null, program);
        var spec = new TransitionSpec(3, 1);
        using ILearner learner = backend.Create(new SacOptions { BatchSize = 4, HiddenUnits = 8 }, spec, "torch", threads: 1);
        using var batch = new BatchBuffer(spec, 4);
        learner.Update(batch.View);
        Console.WriteLine($"{learner.Updates} update, {(backend.GetType() == typeof(TorchBackend) ? "not apart" : "apart")}");
    }
}
