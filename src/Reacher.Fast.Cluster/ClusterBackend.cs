using Reacher.Fast.Cluster.Joining;
using Reacher.Fast.Cluster.Protocol;
using Reacher.Fast.Cluster.Security;
using Reacher.Fast.Cluster.Serving;
using Reacher.Fast.Cluster.Stores;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Training.Cluster;

namespace Reacher.Fast.Cluster;

/// <summary>What a run on several machines needs Orleans for; a program finds it by this class (docs/cluster.md).</summary>
public sealed class ClusterBackend : IClusterBackend
{
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(500);

    void IClusterBackend.Serve(ClusterSeat seat, ClusterEndpoint endpoint) => RunServer.Serve(seat, endpoint);

    void IClusterBackend.RequireStore(ClusterEndpoint endpoint) =>
        RunStore.RequireFree(endpoint, RunServer.AddressOf(endpoint)).GetAwaiter().GetResult();

    void IClusterBackend.Forward(ClusterSeat seat, Membership membership) => new Forwarder(seat, membership).Run();

    string IClusterBackend.AskForPlan(ClusterEndpoint endpoint, TimeSpan patience, CancellationToken stop) => Call(endpoint, patience, async client =>
    {
        RunAnswer answer = await client.Run.Ask(ProgramVersion.Ours);
        return answer.Plan ?? throw new InputException(ProgramVersion.Refuse(answer.Version, ProgramVersion.Ours));
    }, stop);

    JoinedPlace IClusterBackend.Join(ClusterEndpoint endpoint, string machine, int environments) =>
        Call(endpoint, TimeSpan.Zero, async client =>
        {
            PlaceAnswer answer = await client.Run.Join(ProgramVersion.Ours, machine, environments);
            return answer.Refusal is string refusal
                ? throw new InputException(refusal)
                : new JoinedPlace(answer.Stream, answer.Incarnation, [.. answer.Environments.Select((index, i) =>
                    new JoinedEnvironment(index, answer.VectorSteps[i], answer.Episodes[i]))]);
        });

    IReadOnlyList<MachineStatus> IClusterBackend.Status(ClusterEndpoint endpoint) =>
        Call(endpoint, TimeSpan.Zero, async client =>
        {
            MachineAnswer[] machines = await client.Run.Status();
            return (IReadOnlyList<MachineStatus>)[.. machines.Select(machine => new MachineStatus(
                machine.Name,
                machine.Environments,
                machine.Rows,
                machine.Waiting,
                machine.WeightsBehind,
                machine.SilentMilliseconds / 1e3,
                machine.HeldMilliseconds / 1e3,
                machine.Resent))];
        });

    void IClusterBackend.MakeCertificate(string path) => ClusterCertificate.Make(path);

    // Waits for somebody to listen, for as long as the user is patient.
    private static T Call<T>(ClusterEndpoint endpoint, TimeSpan patience, Func<RunClient, Task<T>> call, CancellationToken stop = default) =>
        CallAsync(endpoint, patience, call, stop).GetAwaiter().GetResult();

    private static async Task<T> CallAsync<T>(
        ClusterEndpoint endpoint, TimeSpan patience, Func<RunClient, Task<T>> call, CancellationToken stop)
    {
        long began = Environment.TickCount64;
        while (true)
        {
            try
            {
                await using RunClient client = await RunClient.Connect(endpoint, stop);
                return await call(client);
            }
            catch (NobodyThereException error)
            {
                if (Environment.TickCount64 - began >= patience.TotalMilliseconds)
                {
                    throw new InputException(error.Message, error);
                }
            }
            catch (Exception error) when (RunClient.IsUnreachable(error) && !stop.IsCancellationRequested)
            {
                throw new InputException($"The run at {endpoint} does not answer ({QuotedName.FirstReason(error)}); try again.", error);
            }

            await Task.Delay(BetweenTries, stop);
        }
    }
}
