using Reacher.Fast.Environments.MlAgents.Trainer;

namespace Reacher.Fast.TestChild;

/// <summary>A trainer that prints its port and waits for a player that never comes.</summary>
internal static class MlAgentsTrainerCommand
{
    public static int Run()
    {
        MlAgentsEnvironment.Launch(new MlAgentsOptions { BasePort = 0, Listening = Console.WriteLine }).Dispose();
        return 0;
    }
}
