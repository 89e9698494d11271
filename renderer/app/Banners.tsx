import { Banner } from '@patternfly/react-core'
import { CircleNotchIcon } from '@patternfly/react-icons/dist/esm/icons/circle-notch-icon'
import { HistoryIcon } from '@patternfly/react-icons/dist/esm/icons/history-icon'
import { useQuery } from '@apollo/client/react'
import { useEffect } from 'react'
import { timelineQuery } from '../api/index.ts'
import { useNow } from '../ui/index.ts'
import { formatDuration } from '../words/index.ts'
import { useView } from '../view/index.ts'

/** What the user must know wherever they are: the backend is away, or the data is not of the present. */
export function Banners() {
  return (
    <>
      <AwayBanner />
      <RecordingBanner />
    </>
  )
}

function AwayBanner() {
  const connection = useView((state) => state.connection)
  return connection.state === 'away' ? <Away sinceMs={connection.sinceMs} /> : null
}

function Away({ sinceMs }: { sinceMs: number }) {
  const nowMs = useNow(1)
  return (
    <Banner color="red" screenReaderText="Connection lost" className="smm-banner" role="alert">
      <CircleNotchIcon className="smm-spin" /> The backend has been away for{' '}
      {formatDuration((nowMs - sinceMs) / 1000)}. What you see is as of then; the page goes on by
      itself when it is back.{' '}
      {window.smm === undefined ? (
        <>
          If it was ended, run <code>smm dashboard</code> and open the link it prints.
        </>
      ) : null}
    </Banner>
  )
}

function RecordingBanner() {
  const connected = useView((state) => state.connection.state === 'connected')
  const { data, refetch } = useQuery(timelineQuery)
  useEffect(() => {
    if (connected) void refetch()
  }, [connected, refetch])
  const timeline = data?.timeline
  if (timeline?.mode !== 'recording') return null
  return (
    <Banner color="purple" screenReaderText="Recording" className="smm-banner">
      <HistoryIcon /> <strong>{timeline.title ?? 'Recording'}</strong>{' '}
      {timeline.loop === true
        ? 'A recorded fleet, played in a loop. None of your clusters is shown.'
        : `A recording${timeline.fromMs == null ? '' : ` from ${formatMoment(timeline.fromMs)}`}, not the present.`}
    </Banner>
  )
}

function formatMoment(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
