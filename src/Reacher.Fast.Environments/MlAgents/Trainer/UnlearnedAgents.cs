using System.Globalization;
using Reacher.Fast.Core.Environments;

namespace Reacher.Fast.Environments.MlAgents.Trainer;

/// <summary>
/// Notices agents of which nothing is learned: those for which there is no row, and those that never act and ask again in the next message.
/// A few of either are part of a scene whose agents come and go; <see cref="Many"/> requests are worth a warning, one for each kind.
/// </summary>
/// <param name="rows">Rows of the environment.</param>
/// <param name="warn">Takes the sentences; null for nobody.</param>
internal sealed class UnlearnedAgents(int rows, Action<string>? warn)
{
    /// <summary>Requests for actions after which it is said that nothing came of them.</summary>
    public const int Many = 100;

    private readonly int[] requestsOfRow = new int[rows];
    private long requests;
    private long requestsLeftOut;
    private bool saidLeftOut;
    private bool saidUnlearned;

    /// <summary>Takes who asks for actions at the end of a step, and who acted in it.</summary>
    /// <param name="order">The rows that ask; -1 for an agent that has none.</param>
    /// <param name="activity">What each row did.</param>
    public void Take(ReadOnlySpan<int> order, ReadOnlySpan<RowActivity> activity)
    {
        requests += order.Length;
        foreach (int row in order)
        {
            if (row < 0)
            {
                requestsLeftOut++;
            }
            else
            {
                requestsOfRow[row]++;
            }
        }

        int unlearned = 0;
        for (int row = 0; row < rows; row++)
        {
            requestsOfRow[row] = activity[row] == RowActivity.Acted ? 0 : requestsOfRow[row];
            unlearned += requestsOfRow[row] >= Many ? 1 : 0;
        }

        SayLeftOut();
        SayUnlearned(unlearned);
    }

    private void SayLeftOut()
    {
        if (saidLeftOut || requestsLeftOut < Many)
        {
            return;
        }

        saidLeftOut = true;
        warn?.Invoke(string.Create(
            CultureInfo.InvariantCulture,
            $"Agents are left out: the scene began with {rows}, and there is a row for each of those and no more. {requestsLeftOut:N0} of " +
            $"{requests:N0} requests for actions so far came from others; they get zeros, and nothing is learned of them. Let all agents be " +
            $"there when the scene begins."));
    }

    private void SayUnlearned(int unlearned)
    {
        if (saidUnlearned || unlearned == 0)
        {
            return;
        }

        saidUnlearned = true;
        warn?.Invoke(string.Create(
            CultureInfo.InvariantCulture,
            $"Nothing is learned of {unlearned} of {rows} agents: in {Many} requests for actions they never acted and asked again in the next " +
            $"message. Give all agents of the behaviour the same Decision Period."));
    }
}
