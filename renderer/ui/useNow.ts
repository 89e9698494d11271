import { useEffect, useState } from 'react'

/** The present, renewed every so often, for texts such as "2 min ago". Sleeps while the page is hidden. */
export function useNow(everySeconds = 10): number {
  const [nowMs, setNowMs] = useState(() => Date.now())
  useEffect(() => {
    const tick = () => {
      if (!document.hidden) setNowMs(Date.now())
    }
    const timer = setInterval(tick, everySeconds * 1000)
    document.addEventListener('visibilitychange', tick)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', tick)
    }
  }, [everySeconds])
  return nowMs
}
