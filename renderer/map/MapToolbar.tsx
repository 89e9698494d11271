import {
  Button,
  SearchInput,
  Switch,
  ToggleGroup,
  ToggleGroupItem,
  Toolbar,
  ToolbarContent,
  ToolbarGroup,
  ToolbarItem,
} from '@patternfly/react-core'
import { ClockIcon } from '@patternfly/react-icons/dist/esm/icons/clock-icon'
import { FilterIcon } from '@patternfly/react-icons/dist/esm/icons/filter-icon'
import type { Graph } from '../api/index.ts'
import { ChoiceMenu, FilterMenu } from '../ui/index.ts'
import { formatDuration } from '../words/index.ts'
import { groupings, windows, type Focus, type MapQuery } from './url.ts'
import { focusTexts, groupingTexts } from './words.ts'

const focusOptions = (Object.keys(focusTexts) as Focus[]).map((value) => ({
  value,
  text: focusTexts[value],
}))
const groupingOptions = groupings.map((value) => ({ value, text: groupingTexts[value] }))
const windowOptions = windows.map((seconds) => ({
  value: String(seconds),
  text: `Last ${formatDuration(seconds)}`,
}))

/** Search, filters, window and the choice between map and table. */
export function MapToolbar(props: {
  graph: Graph | null
  query: MapQuery
  onChange: (change: Partial<MapQuery>) => void
}) {
  const { graph, query, onChange } = props
  const nodes = [...(graph?.nodes.values() ?? [])]
  const namespaces = [...new Set(nodes.map(({ namespace }) => namespace))].filter((n) => n !== '')
  const filtered = query.focus !== 'all' || query.clusters.length > 0 || query.namespaces.length > 0
  return (
    <Toolbar className="smm-map-toolbar">
      <ToolbarContent>
        <ToolbarItem>
          <SearchInput
            aria-label="Find on the map"
            placeholder="Find by name"
            value={query.search}
            onChange={(_, search) => onChange({ search })}
            onClear={() => onChange({ search: '' })}
          />
        </ToolbarItem>
        <ToolbarGroup variant="filter-group">
          <ToolbarItem>
            <ChoiceMenu
              label="Traffic shown"
              icon={<FilterIcon />}
              options={focusOptions}
              value={query.focus}
              onChange={(focus) => onChange({ focus })}
            />
          </ToolbarItem>
          <ToolbarItem>
            <FilterMenu
              label="Cluster"
              options={(graph?.clusters ?? []).map(({ name }) => name)}
              chosen={query.clusters}
              onChange={(clusters) => onChange({ clusters })}
            />
          </ToolbarItem>
          <ToolbarItem>
            <FilterMenu
              label="Namespace"
              options={namespaces}
              chosen={query.namespaces}
              onChange={(chosen) => onChange({ namespaces: chosen })}
            />
          </ToolbarItem>
          {filtered ? (
            <ToolbarItem>
              <Button
                variant="link"
                isInline
                onClick={() => onChange({ focus: 'all', clusters: [], namespaces: [] })}
              >
                Show all
              </Button>
            </ToolbarItem>
          ) : null}
        </ToolbarGroup>
        <ToolbarGroup align={{ default: 'alignEnd' }}>
          <ToolbarItem alignSelf="center">
            <Switch
              id="map-idle"
              label="Idle"
              isChecked={query.idle}
              onChange={(_, idle) => onChange({ idle })}
            />
          </ToolbarItem>
          <ToolbarItem>
            <ChoiceMenu
              label="Nodes"
              options={groupingOptions}
              value={query.by}
              onChange={(by) => onChange({ by, selected: null })}
            />
          </ToolbarItem>
          <ToolbarItem>
            <ChoiceMenu
              label="Time window"
              icon={<ClockIcon />}
              options={windowOptions}
              value={String(query.windowSeconds)}
              onChange={(seconds) => onChange({ windowSeconds: Number(seconds) })}
            />
          </ToolbarItem>
          <ToolbarItem>
            <ToggleGroup aria-label="How to show the traffic">
              <ToggleGroupItem
                text="Map"
                buttonId="view-map"
                isSelected={query.view === 'map'}
                onChange={() => onChange({ view: 'map' })}
              />
              <ToggleGroupItem
                text="Table"
                buttonId="view-table"
                isSelected={query.view === 'table'}
                onChange={() => onChange({ view: 'table' })}
              />
            </ToggleGroup>
          </ToolbarItem>
        </ToolbarGroup>
      </ToolbarContent>
    </Toolbar>
  )
}
